"""Reading OCPI Location objects."""

from typing import Any

import pytest

from stations.importing import Parsed, UnusableSource
from stations.importing.ocpi_locations import parse
from stations.tests.importing.files import connector, evse, location


def told(parsed: Parsed) -> list[str]:
    return [str(reject) for reject in parsed.rejects]


def test_a_location_is_read_with_all_a_station_has() -> None:
    hours = {
        "twentyfourseven": False,
        "regular_hours": [{"weekday": 1, "period_begin": "07:00", "period_end": "18:00"}],
        "exceptional_closings": [
            {"period_begin": "2026-12-24T12:00:00Z", "period_end": "2026-12-27T00:00:00Z"}
        ],
    }
    parking = {"id": "P-1", "physical_reference": "B1", "vehicle_types": ["VAN", "DISABLED"]}
    parsed = parse(
        location(
            opening_times=hours,
            parking_type="ON_STREET",
            facilities=["WIFI", "CAFE"],
            parking_places=[parking | {"max_vehicle_height": 210}],
            evses=[
                evse(
                    evse_id="FR*EVB*E1",
                    physical_reference="3",
                    floor_level="-1",
                    parking=[{"parking_id": "P-1"}, {"parking_id": "elsewhere"}],
                    connectors=[connector(tariff_ids=["11", "12"]), connector(id="2", tariff_ids=["11"])],
                )
            ],
        )
    )
    (record,) = parsed.stations
    assert told(parsed) == []
    assert record.source_id == "LYO1"
    assert record.stated == {
        "name": "Quai du Rhône",
        "address": "Quai Victor Augagneur 12",
        "city": "Lyon",
        "postal_code": "69003",
        "country": "FRA",
        "latitude": 45.757814,
        "longitude": 4.84101,
        "time_zone": "Europe/Paris",
        "opening_times": hours,
        "parking_type": "ON_STREET",
        "facilities": ["CAFE", "WIFI"],
    }
    assert [(bay.id, bay.fields) for bay in record.bays] == [
        (
            "P-1",
            {
                "physical_reference": "B1",
                "vehicle_types": ["DISABLED", "VAN"],
                "max_vehicle_height": 210,
                "max_vehicle_length": None,
                "max_vehicle_width": None,
            },
        )
    ]
    assert record.evses is not None
    (read,) = record.evses
    assert (read.uid, read.bays) == ("E1", ("P-1",))
    assert read.fields == {"evse_id": "FR*EVB*E1", "physical_reference": "3", "floor_level": "-1"}
    assert read.connectors is not None
    assert read.connectors[1] == {
        "id": "2",
        "standard": "IEC_62196_T2",
        "power_type": "AC_3_PHASE",
        "format": "SOCKET",
        "max_power_kw": None,
        "max_voltage": 230,
        "max_amperage": 32,
    }
    assert record.tariff_ids == ("11", "12")


@pytest.mark.parametrize(
    "wrap",
    [
        lambda one: one,
        lambda one: [one],
        lambda one: {"data": [one], "status_code": 1000},
        lambda one: {"data": one},
    ],
    ids=["object", "list", "envelope", "envelope of one"],
)
def test_a_list_an_object_and_the_envelope_are_read_alike(wrap: Any) -> None:
    assert [record.source_id for record in parse(wrap(location())).stations] == ["LYO1"]


def test_a_location_without_a_name_is_called_by_its_address() -> None:
    (record,) = parse(location(name=None)).stations
    assert "name" not in record.stated
    assert record.invented == {"name": "Quai Victor Augagneur 12"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"publish": False}, "location LYO1: it is not to be published (publish is false)"),
        ({"id": 4}, "location 1: there is no id of 1 to 64 characters"),
        ({"city": ""}, "location LYO1: city is missing"),
        ({"time_zone": None}, "location LYO1: time_zone is missing"),
        ({"name": "x" * 121}, "location LYO1: name: This may have at most 120 characters."),
        (
            {"coordinates": {"latitude": "NaN", "longitude": "4"}},
            "location LYO1: coordinates are no latitude and longitude in degrees",
        ),
        (
            {"coordinates": {"latitude": "45", "longitude": "181"}},
            "location LYO1: coordinates are no latitude and longitude in degrees",
        ),
        (
            {"opening_times": {"twentyfourseven": False}},
            "location LYO1: opening_times.regular_hours: This field is required.",
        ),
    ],
)
def test_a_location_that_cannot_be_used_is_rejected_with_its_reason(
    fields: dict[str, Any], said: str
) -> None:
    parsed = parse([location(**fields), location(id="LYO2")])
    assert told(parsed) == [said]
    assert parsed.rejects[0].whole
    assert [record.source_id for record in parsed.stations] == ["LYO2"]


def test_only_the_connector_of_an_unknown_standard_is_left_out() -> None:
    parsed = parse(location(evses=[evse(connectors=[connector(standard="NEMA_5_20"), connector(id="2")])]))
    assert told(parsed) == ["location LYO1, EVSE E1, connector 1: standard 'NEMA_5_20' is not known here"]
    assert not parsed.rejects[0].whole
    (record,) = parsed.stations
    assert record.evses is not None
    assert record.evses[0].connectors is not None
    assert [one.get("id") for one in record.evses[0].connectors] == ["2"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"connectors": []}, "location LYO1, EVSE E1: it has no usable connector"),
        ({"status": "PLANNED"}, "location LYO1, EVSE E1: it is planned, not built yet"),
        ({"uid": ""}, "location LYO1, EVSE 1: there is no uid of 1 to 36 characters"),
        ({"uid": "E2"}, "location LYO1, EVSE E2: another EVSE of the location has this uid"),
    ],
)
def test_an_evse_that_cannot_be_used_is_left_out(fields: dict[str, Any], said: str) -> None:
    parsed = parse(location(evses=[evse() | fields, evse("E2")]))
    assert told(parsed) == [said]
    (record,) = parsed.stations
    assert record.evses is not None
    assert [one.uid for one in record.evses] == ["E2"]


def test_unknown_values_are_left_out_and_unknown_fields_passed_over() -> None:
    parsed = parse(
        location(facilities=["POOL", "WIFI"], parking_type="MOON", energy_mix={"is_green_energy": 1})
    )
    assert told(parsed) == [
        "location LYO1, facilities: 'POOL' is not known here",
        "location LYO1, parking_type: 'MOON' is not known here",
    ]
    (record,) = parsed.stations
    assert record.stated["facilities"] == ["WIFI"]
    assert "parking_type" not in record.stated


@pytest.mark.parametrize("document", [1, "x", None, {"data": "x"}])
def test_another_document_is_refused(document: object) -> None:
    with pytest.raises(UnusableSource, match="neither an OCPI Location nor a list of them"):
        parse(document)


def test_words_of_the_file_never_reach_a_terminal_as_control_characters() -> None:
    (reject,) = parse(location(id="\x1b[2J", publish=False)).rejects
    assert str(reject) == "location  [2J: it is not to be published (publish is false)"
