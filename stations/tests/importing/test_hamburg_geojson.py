"""Reading the GeoJSON of Hamburg and the sessions beside it."""

import json
from typing import Any

import pytest

from stations.importing import FORMATS, UnusableSource
from stations.importing.hamburg_geojson import parse
from stations.importing.hamburg_sessions import chargers_by_site
from stations.tests.importing.files import collection, feature


def test_a_site_is_named_and_placed() -> None:
    parsed = parse(collection(feature(12)))
    (record,) = parsed.stations
    assert parsed.rejects == []
    assert (record.source_id, record.invented, record.evses) == ("12", {"name": "Hamburg 12"}, None)
    assert record.stated == {
        "city": "Hamburg",
        "country": "DEU",
        "latitude": 53.554678865,
        "longitude": 10.0,
        "time_zone": "Europe/Berlin",
    }


@pytest.mark.parametrize("crs", ["EPSG:4326", "urn:ogc:def:crs:EPSG::4326", "urn:ogc:def:crs:OGC:1.3:CRS84"])
def test_degrees_are_read_with_the_longitude_first(crs: str) -> None:
    (record,) = parse(collection(feature(1, 9.99, 53.55), crs=crs)).stations
    assert (record.stated["latitude"], record.stated["longitude"]) == (53.55, 9.99)


@pytest.mark.parametrize(
    ("crs", "said"),
    [
        (None, '"crs" is missing'),
        ("EPSG:25832", "'EPSG:25832' is none of EPSG:3035, EPSG:4326, CRS84"),
        ("EPSG:13035", "'EPSG:13035' is none of"),
    ],
)
def test_a_missing_or_wrong_crs_is_refused(crs: str | None, said: str) -> None:
    with pytest.raises(UnusableSource, match=said):
        parse(collection(feature(1), crs=crs))


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (feature(None), 'feature 1: there is no "location_id", a whole number or a text'),
        (feature(True), 'feature 1: there is no "location_id", a whole number or a text'),
        (feature("\x00"), 'feature 1: there is no "location_id", a whole number or a text'),
        (42, 'feature 1: there is no "location_id", a whole number or a text'),
        (feature(7, "4321000"), "site 7: the geometry is no Point of two finite numbers"),  # type: ignore[arg-type]
        (feature(7) | {"geometry": None}, "site 7: the geometry is no Point of two finite numbers"),
        (feature(7, 10**400), "site 7: the geometry is no Point of two finite numbers"),
        (feature(7, 1e999), "site 7: the point inf, 3.383e+06 lies outside the area of the CRS"),
        (feature(7, 9.99, 53.55), "site 7: the point 9.99, 53.55 lies outside the area of the CRS"),
    ],
)
def test_a_broken_site_is_rejected_with_its_reason_and_the_others_are_read(broken: Any, said: str) -> None:
    parsed = parse(collection(broken, feature(8)))
    assert [str(reject) for reject in parsed.rejects] == [said]
    assert [record.source_id for record in parsed.stations] == ["8"]


def test_the_second_site_with_an_id_is_rejected() -> None:
    parsed = parse(collection(feature(3), feature("3")))
    assert len(parsed.stations) == 1
    assert [str(reject) for reject in parsed.rejects] == ["site 3: another record of the file has this id"]


def test_chargers_are_the_distinct_ones_of_a_site_in_numerical_order() -> None:
    rows = b"charger_id,start_time,location_id\n900,x,12\n8590,x,12\n900,y,12\n77,x,13\n"
    assert chargers_by_site(rows) == {"12": ("900", "8590"), "13": ("77",)}


def test_sessions_give_a_site_its_evses() -> None:
    content = json.dumps(collection(feature(12), feature(13))).encode()
    parsed = FORMATS["hamburg-geojson"].parse(content, b"charger_id,location_id\n900,12\n8590,12\n")
    with_sessions, without = parsed.stations
    assert with_sessions.evses is not None
    assert [(evse.uid, evse.fields) for evse in with_sessions.evses] == [
        ("900", {"physical_reference": "900"}),
        ("8590", {"physical_reference": "8590"}),
    ]
    assert without.evses is None


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (b"charger,location_id\n1,2\n", "no column charger_id"),
        (b"charger_id,location_id\n900,12\n8590", "Line 3 of the sessions lacks"),
        (b"charger_id,location_id\n\xff,1\n", "not UTF-8"),
    ],
)
def test_unusable_sessions_are_refused(rows: bytes, said: str) -> None:
    with pytest.raises(UnusableSource, match=said):
        chargers_by_site(rows)
