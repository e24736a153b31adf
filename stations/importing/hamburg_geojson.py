"""The charging sites of Hamburg as published with Adenaw and Krapf, WEVJ 2022, 13(4), 56: a GeoJSON of points.

The file knows an id (`location_id`), a point and statistics of each site. Its coordinate reference system stands in
the member `crs` of the GeoJSON of 2008 and must be stated: EPSG:3035 in metres, or WGS 84 in degrees.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from stations.importing.json_text import refuse_too_many
from stations.importing.laea import to_degrees
from stations.importing.records import EvseRecord, Parsed, Reject, StationRecord, UnusableSource, shown

Chargers = Mapping[str, tuple[str, ...]]
_Projection = Callable[[float, float], tuple[float, float] | None]
_CRS: Final = re.compile(r"(?:urn:ogc:def:crs:)?(EPSG|OGC):(?:[0-9.]*:)?(3035|4326|CRS84)", re.IGNORECASE)


def parse(document: object, chargers: Chargers | None = None) -> Parsed:
    """The sites of a FeatureCollection; `chargers` are the charger ids of a site, by location_id, where known.

    Raises UnusableSource where the document as a whole is no such file.
    """
    features, to_place = _features(document), _projection(document)
    parsed, known = Parsed(), set[str]()
    for number, feature in enumerate(features, start=1):
        read = _read(f"feature {number}", feature, to_place, chargers or {})
        if isinstance(read, Reject):
            parsed.rejects.append(read)
        else:
            parsed.add(read, known)
    return parsed


def _features(document: object) -> list[Any]:
    if not isinstance(document, Mapping) or document.get("type") != "FeatureCollection":
        raise UnusableSource("The file is no GeoJSON FeatureCollection.")
    features = document.get("features")
    if not isinstance(features, list):
        raise UnusableSource('The file has no list of "features".')
    refuse_too_many(features)
    return features


def _projection(document: object) -> _Projection:
    """How the file's coordinates become degrees, by the CRS it states."""
    crs = _member(document, "crs")
    if crs is None:
        raise UnusableSource('The file does not state its coordinate reference system: "crs" is missing.')
    name = _member(crs, "properties", "name")
    match = _CRS.fullmatch(name) if isinstance(name, str) else None
    if match is None:
        raise UnusableSource(
            f"The coordinate reference system {shown(name)} is none of EPSG:3035, EPSG:4326, CRS84."
        )
    return to_degrees if match[2] == "3035" else _from_degrees


def _from_degrees(longitude: float, latitude: float) -> tuple[float, float] | None:
    """GeoJSON puts x before y: the longitude first, whatever the order of the CRS."""
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _read(where: str, feature: object, to_place: _Projection, chargers: Chargers) -> StationRecord | Reject:
    location_id = _location_id(feature)
    if location_id is None:
        return Reject(where, 'there is no "location_id", a whole number or a text', whole=True)
    where = f"site {location_id}"
    point = _point(feature)
    if point is None:
        return Reject(where, "the geometry is no Point of two finite numbers", whole=True)
    place = to_place(*point)
    if place is None:
        return Reject(
            where, f"the point {point[0]:g}, {point[1]:g} lies outside the area of the CRS", whole=True
        )
    return _record(where, location_id, place, chargers.get(location_id))


def _record(
    where: str, location_id: str, place: tuple[float, float], chargers: tuple[str, ...] | None
) -> StationRecord:
    evses = tuple(EvseRecord(uid, {"physical_reference": uid}) for uid in chargers or ())
    return StationRecord(
        source_id=location_id,
        where=where,
        stated={
            "city": "Hamburg",
            "country": "DEU",
            "latitude": round(place[0], 9),  # 0.1 mm
            "longitude": round(place[1], 9),
            "time_zone": "Europe/Berlin",
        },
        invented={"name": f"Hamburg {location_id}"},
        evses=evses or None,
    )


def _location_id(feature: object) -> str | None:
    value = _member(feature, "properties", "location_id")
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value).strip()
    return text if 0 < len(text) <= 64 and text.isprintable() else None


def _point(feature: object) -> tuple[float, float] | None:
    """The two numbers; infinite ones (1e999) are left to the projection, which knows its area."""
    coordinates = _member(feature, "geometry", "coordinates")
    if _member(feature, "geometry", "type") != "Point" or not isinstance(coordinates, list):
        return None
    x, y = (*coordinates[:2], None, None)[:2]
    if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in (x, y)):
        return None
    try:
        return float(x), float(y)
    except OverflowError:
        return None


def _member(value: object, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
