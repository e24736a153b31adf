"""Publishing imported stations: submitted and approved like any other (services.approval), but all of them at once."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from evbooking.core.bulk import record_and_publish
from evbooking.core.errors import Forbidden
from stations.importing import Reject
from stations.models import ApprovalStep, Station
from stations.services.approval import missing_for_submission
from stations.services.importing.batch import fact
from stations.services.journal import Change

_DRAFT, _SUBMITTED, _APPROVED = Station.Approval.DRAFT, Station.Approval.SUBMITTED, Station.Approval.APPROVED
_MOVES: Final = {
    _DRAFT: ((_DRAFT, _SUBMITTED, "station.submitted"), (_SUBMITTED, _APPROVED, "station.approved")),
    _SUBMITTED: ((_SUBMITTED, _APPROVED, "station.approved"),),
}


@transaction.atomic
def publish_stations(stations: Iterable[Station], *, actor: User) -> tuple[list[Station], list[Reject]]:
    """Make those public that are DRAFT or SUBMITTED and complete; also answers which are not complete, and why.

    Those an administrator rejected or suspended stay as they are. Raises Forbidden.
    """
    if not actor.is_staff:
        raise Forbidden("Only administrators decide about stations.")
    waiting = _lock([station.pk for station in stations])
    complete = _complete([station.pk for station in waiting])
    rejects = [_incomplete(station) for station in waiting if station.pk not in complete]
    public = [station for station in waiting if station.pk in complete]
    _move(public, actor)
    return public, rejects


def _lock(keys: Collection[UUID]) -> list[Station]:
    locked = Station.objects.select_for_update(no_key=True).filter(pk__in=keys, approval__in=_MOVES)
    return list(locked.order_by("pk"))


def _complete(keys: Collection[UUID]) -> set[UUID]:
    """Those of which `missing_for_submission` would find nothing missing."""
    complete = Station.objects.filter(
        pk__in=keys,
        tariff__current__isnull=False,
        terms__isnull=False,
        evses__removed_at=None,
        evses__connectors__isnull=False,
    )
    return set(complete.values_list("pk", flat=True))


def _incomplete(station: Station) -> Reject:
    why = " ".join(error.detail for error in missing_for_submission(station))
    return Reject(f"{station.name} ({station.source_id})", f"not published: {why}")


def _move(stations: Sequence[Station], actor: User) -> None:
    """The rows are locked, so one UPDATE passes through both states; history and events tell each of them."""
    now = timezone.now()
    changes = [change for station in stations for change in _changes(station, actor)]
    keys = [station.pk for station in stations]
    Station.objects.filter(pk__in=keys).update(approval=_APPROVED, last_updated=now)
    ApprovalStep.objects.bulk_create(
        ApprovalStep(
            station=change.station,
            at=now,
            from_state=change.before["approval"],
            to_state=change.after["approval"],
            actor=actor,
        )
        for change in changes
    )
    record_and_publish([fact(change, change.action) for change in changes], actor=actor, now=now)
    for station in stations:
        station.approval, station.last_updated = _APPROVED, now


def _changes(station: Station, actor: User) -> Iterator[Change]:
    now = timezone.now()
    for source, to, event in _MOVES[Station.Approval(station.approval)]:
        yield Change(station, event, actor, now, {"approval": str(source)}, {"approval": str(to)})
