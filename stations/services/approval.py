"""Approval of stations: DRAFT > SUBMITTED > APPROVED | REJECTED > SUBMITTED again; APPROVED <> SUSPENDED.

Operators submit, administrators decide. Each move is a compare-and-set on Station.approval, so of two that
race one happens and the other is refused; it leaves an ApprovalStep, an audit entry and an event. Editing an
APPROVED station leaves it approved: every change is audited and announced, and administrators can suspend it.
"""

from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from evbooking.core.errors import FieldError, Forbidden, Invalid, WrongState
from stations.models import ApprovalStep, Connector, Station
from stations.services.journal import Change, announce_station, record
from stations.services.locks import lock_station

Approval = Station.Approval
LONGEST_REASON: Final = 500  # as long as the audit's


def missing_for_submission(station: Station) -> list[FieldError]:
    """What a station still lacks before it can be shown to drivers, each as an error of its field."""
    missing = []
    if not Connector.objects.filter(evse__station=station, evse__removed_at=None).exists():
        missing.append(FieldError("evses", "required", "Add at least one EVSE with a connector."))
    if station.tariff is None or station.tariff.current is None:
        missing.append(FieldError("tariff", "required", "Choose a tariff."))
    if not hasattr(station, "terms"):
        missing.append(FieldError("booking_terms", "required", "State the booking terms."))
    return missing


@transaction.atomic
def submit(station: Station, *, actor: User | None) -> Station:
    """Ask for approval. Raises Invalid naming what is missing, WrongState unless DRAFT or REJECTED."""
    locked = lock_station(station)
    missing = missing_for_submission(locked)
    if missing:
        raise Invalid(missing)
    sources = (Approval.DRAFT, Approval.REJECTED)
    return _move(locked, sources, Approval.SUBMITTED, event="station.submitted", actor=actor)


@transaction.atomic
def approve(station: Station, *, actor: User) -> Station:
    """Make a SUBMITTED station public and bookable. Raises Forbidden, WrongState."""
    _refuse_unless_administrator(actor)
    locked = _move(
        lock_station(station), (Approval.SUBMITTED,), Approval.APPROVED, event="station.approved", actor=actor
    )
    missing = missing_for_submission(locked)
    if missing:
        raise WrongState(f"The station is no longer complete. {' '.join(item.detail for item in missing)}")
    return locked


@transaction.atomic
def reject(station: Station, *, actor: User, reason: str) -> Station:
    """Send a SUBMITTED station back with the reason. Raises Forbidden, Invalid, WrongState."""
    _refuse_unless_administrator(actor)
    text, locked = _stated(reason), lock_station(station)
    return _move(
        locked, (Approval.SUBMITTED,), Approval.REJECTED, event="station.rejected", actor=actor, reason=text
    )


@transaction.atomic
def suspend(station: Station, *, actor: User, reason: str) -> Station:
    """Take an APPROVED station off the map. Raises Forbidden, Invalid, WrongState."""
    _refuse_unless_administrator(actor)
    text, locked = _stated(reason), lock_station(station)
    return _move(
        locked, (Approval.APPROVED,), Approval.SUSPENDED, event="station.suspended", actor=actor, reason=text
    )


@transaction.atomic
def reinstate(station: Station, *, actor: User) -> Station:
    """Lift the suspension of a station. Raises Forbidden, WrongState."""
    _refuse_unless_administrator(actor)
    locked = lock_station(station)
    return _move(locked, (Approval.SUSPENDED,), Approval.APPROVED, event="station.approved", actor=actor)


def _refuse_unless_administrator(actor: User) -> None:
    if not actor.is_staff:
        raise Forbidden("Only administrators decide about stations.")


def _stated(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise Invalid.one("reason", "required", "State the reason: the operator is told.")
    if "\x00" in text:
        raise Invalid.one("reason", "invalid", "This may hold no NUL character.")
    if len(text) > LONGEST_REASON:
        raise Invalid.one("reason", "too_long_text", f"This may have at most {LONGEST_REASON} characters.")
    return text


def _move(
    station: Station,
    sources: tuple[Approval, ...],
    to: Approval,
    *,
    event: str,
    actor: User | None,
    reason: str = "",
) -> Station:
    now = timezone.now()
    source = station.approval
    if not Station.objects.filter(pk=station.pk, approval__in=sources).update(approval=to):
        raise WrongState(f"The station is {station.get_approval_display()}.")
    station.approval = to
    ApprovalStep.objects.create(
        station=station, at=now, from_state=source, to_state=to, actor=actor, reason=reason
    )
    values = ({"approval": str(source)}, {"approval": str(to)})
    change = Change(station, event, actor, now, *values, reason=reason)
    record(change)
    announce_station(event, change)
    return station
