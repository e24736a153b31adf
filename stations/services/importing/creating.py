"""New stations and EVSEs of an import: checked like any other, collected in the batch."""

from collections.abc import Sequence
from typing import Any, Final

from accounts.ports import require_room
from evbooking.core.errors import DomainError, Invalid
from stations.importing import Defaults, EvseRecord, ParkingRecord, Reject, StationRecord
from stations.models import EVSE, Connector, ParkingPlace, Station
from stations.services.editing.connectors import new_connectors
from stations.services.editing.evses import new_evse
from stations.services.editing.stations import new_station
from stations.services.editing.terms import new_terms
from stations.services.fields import ConnectorFields, StationFields
from stations.services.importing.batch import Batch
from stations.services.importing.uids import free_uid
from stations.services.journal import snapshot
from stations.services.validation import check_model, refuse_if

CONNECTOR: Final = (
    "connector_id",
    "standard",
    "format",
    "power_type",
    "max_voltage",
    "max_amperage",
    "max_electric_power",
)
BAY: Final = (
    "physical_reference",
    "vehicle_types",
    "max_vehicle_height",
    "max_vehicle_length",
    "max_vehicle_width",
)


def create(batch: Batch, record: StationRecord) -> Station | None:
    """The unsaved station with its EVSEs, in the batch; None, with a reject, where it cannot be had."""
    fields = _fields(batch, record)
    try:
        require_room(batch.operator, "stations", batch.count_stations)
    except DomainError as refused:
        batch.rejects.append(Reject(record.where, refused.detail, whole=True))
        return None
    try:
        station = new_station(batch.operator, **fields)
        bays = {bay.id: new_bay(batch, record, station, bay) for bay in record.bays}
    except Invalid as invalid:
        batch.rejects.append(Reject(record.where, in_words(invalid), whole=True))
        return None
    ready = _ready_evses(batch, record, station)
    if not ready:
        batch.rejects.append(Reject(record.where, "it has no usable EVSE", whole=True))
        return None
    station.created_at = station.last_updated = batch.now
    batch.stations.append(station)
    batch.terms.append(new_terms(station, **batch.defaults.terms))
    batch.note(station, "station.create", snapshot(station, fields))
    batch.bays += bays.values()
    for bay in bays.values():
        note_bay(batch, bay)
    for evse, connectors, evse_record in ready:
        add_evse(batch, evse, connectors, [bays[bay] for bay in evse_record.bays])
    return station


def ready_evse(
    batch: Batch, record: StationRecord, station: Station, evse_record: EvseRecord
) -> tuple[EVSE, list[Connector], EvseRecord] | None:
    """An unsaved EVSE with its connectors under a uid of its own; None, with rejects, where it has none."""
    where = f"{record.where}, EVSE {evse_record.uid}"
    uid = free_uid(batch.operator, record.source_id, evse_record.uid, batch.taken)
    try:
        evse = new_evse(station, now=batch.now, uid=uid, **evse_record.fields)
    except Invalid as invalid:
        batch.rejects.append(Reject(where, in_words(invalid)))
        return None
    wanted = batch.defaults.connectors if evse_record.connectors is None else evse_record.connectors
    connectors = usable_connectors(batch, where, evse, wanted)
    if not connectors:
        batch.rejects.append(Reject(where, "it has no usable connector"))
        return None
    batch.taken.add(uid)
    return evse, connectors, evse_record


def usable_connectors(
    batch: Batch, where: str, evse: EVSE, wanted: Sequence[ConnectorFields]
) -> list[Connector]:
    """Unsaved connectors; those that break a rule are rejected one by one."""
    found = []
    for fields in wanted:
        try:
            found += new_connectors(evse, [fields])
        except Invalid as invalid:
            batch.rejects.append(Reject(f"{where}, connector {fields.get('id', '1')}", in_words(invalid)))
    return found


def add_evse(batch: Batch, evse: EVSE, connectors: list[Connector], bays: Sequence[ParkingPlace]) -> None:
    """Put an unsaved EVSE and what belongs to it into the batch."""
    evse.created_at = evse.last_updated = batch.now
    batch.evses.append(evse)
    batch.connectors += connectors
    batch.bays_of_evses += [(evse, bay) for bay in bays]
    names = ("uid", "evse_id", "physical_reference", "floor_level", "walk_in_only")
    described: dict[str, Any] = {
        **snapshot(evse, names),
        "parking_places": sorted(str(bay.pk) for bay in bays),
        "connectors": [snapshot(connector, CONNECTOR) for connector in connectors],
    }
    batch.note(evse.station, "evse.add", described, evse=evse)


def new_bay(batch: Batch, record: StationRecord, station: Station, bay: ParkingRecord) -> ParkingPlace:
    """An unsaved parking place. Raises Invalid."""
    place = ParkingPlace(id=batch.bay_id(record, bay.id), station=station, **bay.fields)
    refuse_if(check_model(place, only=bay.fields.keys()))
    return place


def note_bay(batch: Batch, place: ParkingPlace) -> None:
    """Have a new parking place told."""
    batch.note(place.station, "parking.add", snapshot(place, BAY), parking_place=str(place.pk))


def in_words(invalid: Invalid) -> str:
    """Every violated field with what is wrong, on one line."""
    return "; ".join(
        f"{error.field.removeprefix('connectors.0.')}: {error.detail}" for error in invalid.errors
    )


def _fields(batch: Batch, record: StationRecord) -> StationFields:
    """What is stated, and the rest as assumed."""
    assumed: StationFields = {**record.invented}
    if "opening_times" not in record.stated:
        assumed["opening_times"] = batch.defaults.opening_times
    tariff = batch.stated_tariff(record)
    names = [*assumed, *([] if tariff else ["tariff"]), "booking_terms"]
    if record.evses is None:
        names.append("evses")
    if record.evses is None or any(evse.connectors is None for evse in record.evses):
        names.append("connectors")
    return {
        **assumed,
        **record.stated,
        "tariff": tariff or batch.default_tariff(),
        "source_id": record.source_id,
        "assumed": names,
    }


def _ready_evses(
    batch: Batch, record: StationRecord, station: Station
) -> list[tuple[EVSE, list[Connector], EvseRecord]]:
    evses = assumed_evses(batch.defaults, record) if record.evses is None else record.evses
    made = [ready_evse(batch, record, station, evse) for evse in evses if not evse.is_removed]
    return [ready for ready in made if ready is not None]


def assumed_evses(defaults: Defaults, record: StationRecord) -> list[EvseRecord]:
    """As many EVSEs as the defaults say, numbered."""
    numbers = range(1, defaults.evses + 1)
    return [EvseRecord(f"{record.source_id}-{n}", {"physical_reference": str(n)}) for n in numbers]
