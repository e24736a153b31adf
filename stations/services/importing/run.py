"""One import: what is here is compared and updated, what is new is collected and inserted at the end."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import Operator, User
from evbooking.core import audit
from evbooking.core.errors import Invalid
from evbooking.core.locks import advisory_xact_lock
from stations.importing import Defaults, Parsed, Reject, StationRecord, UnusableSource
from stations.models import EVSE, Station, Tariff
from stations.services.editing.connectors import new_connectors
from stations.services.editing.terms import new_terms
from stations.services.importing.batch import Batch
from stations.services.importing.creating import assumed_evses, create, in_words
from stations.services.importing.uids import uids
from stations.services.importing.updating import update


@dataclass(frozen=True, slots=True)
class Imported:
    """The stations of an import by what became of them, and everything that was left out."""

    created: list[Station]
    updated: list[Station]
    unchanged: list[Station]
    rejects: list[Reject]

    @property
    def stations(self) -> list[Station]:
        return [*self.created, *self.updated, *self.unchanged]


@transaction.atomic
def import_stations(
    operator: Operator,
    *,
    parsed: Parsed,
    defaults: Defaults,
    actor: User | None,
    source: str,
    progress: Callable[[int], object],
) -> Imported:
    """Write the records as stations of the operator, new ones as DRAFT; `source` names the file in the audit.

    `progress` is told after each record. Two imports of one operator wait for each other. Raises UnusableSource
    where the defaults break a rule; what is wrong with single records is among the rejects.
    """
    _check(defaults)
    advisory_xact_lock(f"import:{operator.pk}")
    batch = _batch(operator, parsed, defaults, actor)
    present = _present(operator, parsed.stations)
    created: list[Station] = []
    updated: list[Station] = []
    unchanged: list[Station] = []
    for record in sorted(parsed.stations, key=lambda record: _lock_order(present.get(record.source_id))):
        station = present.get(record.source_id)
        if station is None:
            created += [made] if (made := create(batch, record)) else []
        elif (changed := _try_update(batch, record, station)) is not None:
            (updated if changed else unchanged).append(station)
        progress(1)
    batch.write()
    if created or updated:
        counts = {"source": source, "created": len(created), "updated": len(updated)}
        audit.record("stations.import", target=operator, actor=actor, before=None, after=counts)
    return Imported(created, updated, unchanged, batch.rejects)


def _check(defaults: Defaults) -> None:
    try:
        new_terms(Station(), **defaults.terms)
        new_connectors(EVSE(), defaults.connectors)
    except Invalid as invalid:
        raise UnusableSource(f"The defaults cannot be used: {in_words(invalid)}") from invalid


def _batch(operator: Operator, parsed: Parsed, defaults: Defaults, actor: User | None) -> Batch:
    uids_wanted = {
        uid
        for record in parsed.stations
        for evse in record.evses or assumed_evses(defaults, record)
        for uid in uids(operator, record.source_id, evse.uid)
    }
    return Batch(
        operator=operator,
        actor=actor,
        now=timezone.now(),
        defaults=defaults,
        tariffs={
            one.source_id: one for one in Tariff.objects.filter(operator=operator).exclude(source_id=None)
        },
        taken=set(EVSE.objects.filter(uid__in=uids_wanted).values_list("uid", flat=True)),
        rejects=list(parsed.rejects),
    )


def _present(operator: Operator, records: Iterable[StationRecord]) -> dict[str, Station]:
    """The operator's stations of these records by source_id, with their parts, in three more queries."""
    found = Station.objects.filter(operator=operator, source_id__in=[record.source_id for record in records])
    parts = ("parking_places", "evses__connectors", "evses__parking_places")
    return {
        station.source_id: station
        for station in found.select_related("tariff").prefetch_related(*parts)
        if station.source_id is not None
    }


def _try_update(batch: Batch, record: StationRecord, station: Station) -> bool | None:
    """Whether anything was written; None where the record was rejected."""
    try:
        return update(batch, record, station)
    except Invalid as invalid:
        batch.rejects.append(Reject(record.where, in_words(invalid), whole=True))
        return None


def _lock_order(station: Station | None) -> tuple[bool, str]:
    """Rows are locked in the order of their keys; what is new comes last, in the order of the file."""
    return station is None, str(station.pk) if station else ""
