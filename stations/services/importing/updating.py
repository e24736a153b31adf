"""Stations that are here already: only what the source states and what differs is written, by the usual services."""

from collections.abc import Iterable, Sequence
from typing import cast

from evbooking.core.errors import Invalid
from stations.importing import EvseRecord, Reject, StationRecord
from stations.models import EVSE, Connector, ParkingPlace, Station
from stations.services.editing import remove_evse, update_evse, update_station
from stations.services.editing.parking import update_parking_place
from stations.services.fields import EvseChanges, StationFields
from stations.services.importing.batch import Batch
from stations.services.importing.creating import (
    CONNECTOR,
    add_evse,
    assumed_evses,
    in_words,
    new_bay,
    note_bay,
    ready_evse,
    usable_connectors,
)
from stations.services.importing.uids import uids
from stations.services.journal import as_json, differing, snapshot


def update(batch: Batch, record: StationRecord, station: Station) -> bool:
    """Bring a station, loaded with its parts, to what the record states; whether anything was written.

    Raises Invalid where the station's own fields cannot be accepted; then nothing of it was written.
    """
    outdated = _outdated(batch, record, station)
    changed = _update_station(batch, record, station)
    bays, bays_changed = _update_bays(batch, record, station)
    for evse in outdated:
        remove_evse(evse, actor=batch.actor)
    evses_changed = [_evse_changed(batch, record, station, evse, bays) for evse in record.evses or ()]
    return changed or bays_changed or bool(outdated) or any(evses_changed)


def _outdated(batch: Batch, record: StationRecord, station: Station) -> list[EVSE]:
    """EVSEs that were assumed, where the source now names the real ones."""
    if record.evses is None or "evses" not in station.assumed:
        return []
    invented = {uid for evse in assumed_evses(batch.defaults, record) for uid in _uids(batch, record, evse)}
    named = {uid for evse in record.evses for uid in _uids(batch, record, evse)}
    return [evse for evse in station.evses.all() if evse.removed_at is None and evse.uid in invented - named]


def _update_station(batch: Batch, record: StationRecord, station: Station) -> bool:
    changes = record.stated.copy()
    if tariff := batch.stated_tariff(record):
        changes["tariff"] = tariff
    changes["assumed"] = _still_assumed(record, station, changes)
    after = {name: as_json(value) for name, value in changes.items()}
    names = differing(snapshot(station, changes), after)
    if not names:
        return False
    written = {name: value for name, value in changes.items() if name in {"assumed", *names}}
    update_station(station, actor=batch.actor, **cast(StationFields, written))
    return True


def _still_assumed(record: StationRecord, station: Station, stated: StationFields) -> list[str]:
    known = set(stated)
    if record.evses is not None:
        known.add("evses")
        if all(evse.connectors is not None for evse in record.evses):
            known.add("connectors")
    return [name for name in station.assumed if name not in known]


def _update_bays(
    batch: Batch, record: StationRecord, station: Station
) -> tuple[dict[str, ParkingPlace], bool]:
    """The parking places by their ids in the source, all saved, and whether any was written."""
    present, changed = {place.pk: place for place in station.parking_places.all()}, False
    found: dict[str, ParkingPlace] = {}
    for bay in record.bays:
        place = present.get(batch.bay_id(record, bay.id))
        if place is None:
            place, changed = new_bay(batch, record, station, bay), True
            place.save(force_insert=True)
            note_bay(batch, place)
        elif differing(
            snapshot(place, bay.fields), {name: as_json(value) for name, value in bay.fields.items()}
        ):
            place, changed = update_parking_place(place, actor=batch.actor, **bay.fields), True
        found[bay.id] = place
    return found, changed


def _evse_changed(
    batch: Batch, record: StationRecord, station: Station, wanted: EvseRecord, bays: dict[str, ParkingPlace]
) -> bool:
    """Add, remove or update one EVSE; whether that wrote anything. One that was removed stays removed."""
    known = set(_uids(batch, record, wanted))
    evse = next((evse for evse in station.evses.all() if evse.uid in known), None)
    places = [bays[bay] for bay in wanted.bays]
    if evse is None:
        return not wanted.is_removed and _added(batch, record, station, wanted, places)
    if evse.removed_at is not None:
        return False
    if wanted.is_removed:
        remove_evse(evse, actor=batch.actor)
        return True
    try:
        return _updated(batch, f"{record.where}, EVSE {wanted.uid}", evse, wanted, places)
    except Invalid as invalid:
        batch.rejects.append(Reject(f"{record.where}, EVSE {wanted.uid}", in_words(invalid)))
        return False


def _added(
    batch: Batch, record: StationRecord, station: Station, wanted: EvseRecord, places: Sequence[ParkingPlace]
) -> bool:
    ready = ready_evse(batch, record, station, wanted)
    if ready is None:
        return False
    add_evse(batch, ready[0], ready[1], places)
    return True


def _updated(
    batch: Batch, where: str, evse: EVSE, wanted: EvseRecord, places: Sequence[ParkingPlace]
) -> bool:
    fields = wanted.fields.items()
    changes = cast(EvseChanges, {name: value for name, value in fields if getattr(evse, name) != value})
    if places and {place.pk for place in places} != {place.pk for place in evse.parking_places.all()}:
        changes["parking_places"] = places
    usable = usable_connectors(batch, where, evse, wanted.connectors or ())
    if not usable or _described(usable) == _described(evse.connectors.all()):
        if changes:
            update_evse(evse, actor=batch.actor, **changes)
        return bool(changes)
    ids = {connector.connector_id for connector in usable}
    connectors = [one for one in wanted.connectors or () if one.get("id") in ids]
    update_evse(evse, actor=batch.actor, connectors=connectors, **changes)
    return True


def _described(connectors: Iterable[Connector]) -> list[dict[str, object]]:
    found = [snapshot(connector, CONNECTOR) for connector in connectors]
    return sorted(found, key=lambda connector: str(connector["connector_id"]))


def _uids(batch: Batch, record: StationRecord, evse: EvseRecord) -> list[str]:
    return uids(batch.operator, record.source_id, evse.uid)
