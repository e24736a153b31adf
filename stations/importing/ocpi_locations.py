"""OCPI Location objects, 2.3.0 or 2.2.1: a list of them, one alone, or either in the envelope {"data": ...}.

Read are the fields that a station has here. Fields we do not know are passed over, values we do not know are left out
and told. What changes by the minute (the status of an EVSE) comes from the charger or a live feed, not from here:
only PLANNED (left out) and REMOVED (taken off) count.
"""

import math
from collections.abc import Mapping
from typing import Any, Final, cast

from evbooking.core.ocpi import Facility, ParkingType, VehicleType
from stations.documents import Reader
from stations.hours import Hours, InvalidHours
from stations.importing.json_text import refuse_too_many
from stations.importing.ocpi_evses import objects, read_evses, read_texts, tariff_ids
from stations.importing.records import ParkingRecord, Parsed, Reject, StationRecord, UnusableSource, shown
from stations.services.fields import ParkingFields, StationFields

_TEXTS: Final = {
    "name": 120,
    "address": 120,
    "city": 80,
    "postal_code": 12,
    "country": 3,
    "time_zone": 64,
}
_REQUIRED: Final = ("city", "country", "time_zone")
_HOURS: Final = ("twentyfourseven", "regular_hours", "exceptional_openings", "exceptional_closings")
_SIZES: Final = ("max_vehicle_height", "max_vehicle_length", "max_vehicle_width")


def parse(document: object) -> Parsed:
    """The published locations. Raises UnusableSource where the document as a whole is none."""
    parsed, known = Parsed(), set[str]()
    for number, location in enumerate(_locations(document), start=1):
        record = _read(number, location, parsed.rejects)
        if record is not None:
            parsed.add(record, known)
    return parsed


def _locations(document: object) -> list[Any]:
    if isinstance(document, Mapping) and "data" in document:
        document = document["data"]
    locations = [document] if isinstance(document, Mapping) else document
    if not isinstance(locations, list):
        raise UnusableSource("The file is neither an OCPI Location nor a list of them.")
    refuse_too_many(locations)
    return locations


def _read(number: int, location: object, rejects: list[Reject]) -> StationRecord | None:
    source_id = location.get("id") if isinstance(location, Mapping) else None
    if not isinstance(location, Mapping) or not isinstance(source_id, str) or not 0 < len(source_id) <= 64:
        rejects.append(Reject(f"location {number}", "there is no id of 1 to 64 characters", whole=True))
        return None
    where = f"location {source_id}"
    if location.get("publish") is False:
        rejects.append(Reject(where, "it is not to be published (publish is false)", whole=True))
        return None
    stated, errors = _place(location)
    if errors:
        rejects.append(Reject(where, "; ".join(errors), whole=True))
        return None
    stated |= _choices(location, where, rejects)
    bays = _bays(location.get("parking_places"), where, rejects)
    named = frozenset(bay.id for bay in bays)
    evses = location.get("evses")
    return StationRecord(
        source_id=source_id,
        where=where,
        stated=stated,
        invented={}
        if "name" in stated
        else {"name": stated.get("address") or f"{stated['city']} {source_id}"},
        evses=None if evses is None else read_evses(evses, where, named, rejects),
        bays=bays,
        tariff_ids=tariff_ids(evses),
    )


def _place(location: Mapping[str, Any]) -> tuple[StationFields, list[str]]:
    """Where it is and when it opens: what a station cannot do without, and what is wrong with it."""
    texts, errors = read_texts(location, _TEXTS)
    wrong = [*errors, *(f"{name} is missing" for name in _REQUIRED if not location.get(name))]
    place = cast(StationFields, texts)
    coordinates = _coordinates(location.get("coordinates"))
    if coordinates is None:
        wrong.append("coordinates are no latitude and longitude in degrees")
    else:
        place["latitude"], place["longitude"] = coordinates
    hours = location.get("opening_times")
    if isinstance(hours, Mapping):
        try:
            known = {name: hours[name] for name in _HOURS if name in hours}
            place["opening_times"] = Hours.from_ocpi(known).to_ocpi()
        except InvalidHours as invalid:
            wrong += [f"opening_times.{error.field}: {error.detail}" for error in invalid.errors]
    return place, wrong


def _coordinates(value: object) -> tuple[float, float] | None:
    """OCPI GeoLocation: decimal degrees as text; numbers are read too."""
    if not isinstance(value, Mapping):
        return None
    try:
        latitude, longitude = float(value["latitude"]), float(value["longitude"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    on_earth = math.isfinite(latitude) and abs(latitude) <= 90 and abs(longitude) <= 180
    return (latitude, longitude) if on_earth else None


def _choices(location: Mapping[str, Any], where: str, rejects: list[Reject]) -> StationFields:
    found = StationFields()
    if isinstance(facilities := location.get("facilities"), list):
        found["facilities"] = _known(facilities, Facility.values, f"{where}, facilities", rejects)
    if parking_type := location.get("parking_type"):
        for known in _known([parking_type], ParkingType.values, f"{where}, parking_type", rejects):
            found["parking_type"] = known
    return found


def _known(values: list[Any], options: list[str], where: str, rejects: list[Reject]) -> list[str]:
    """The values among the options, each once and sorted; the others are told."""
    unknown = [value for value in values if not isinstance(value, str) or value not in options]
    rejects.extend(Reject(where, f"{shown(value)} is not known here") for value in unknown)
    return sorted({value for value in values if value not in unknown})


def _bays(places: object, where: str, rejects: list[Reject]) -> tuple[ParkingRecord, ...]:
    found: dict[str, ParkingRecord] = {}
    for place in objects(places):
        identity = place.get("id")
        if isinstance(identity, str) and identity and identity not in found:
            found[identity] = ParkingRecord(
                identity, _bay(place, f"{where}, parking place {identity}", rejects)
            )
    return tuple(found.values())


def _bay(place: Mapping[str, Any], where: str, rejects: list[Reject]) -> ParkingFields:
    """Sizes are cm in both worlds."""
    texts, errors = read_texts(place, {"physical_reference": 12})
    reader = Reader({name: place[name] for name in _SIZES if isinstance(place.get(name), int)})
    sizes = {name: reader.integer(name, least=1, most=10_000) for name in _SIZES}
    rejects.extend(Reject(where, error) for error in errors)
    rejects.extend(Reject(where, f"{error.field}: {error.detail}") for error in reader.errors)
    types = place.get("vehicle_types")
    kinds = _known(types if isinstance(types, list) else [], VehicleType.values, where, rejects)
    return cast(ParkingFields, {"vehicle_types": kinds, **texts, **sizes})
