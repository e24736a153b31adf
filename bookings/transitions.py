"""The states of a booking: one table of allowed moves, and `move`, the one way to make a move.

Source of the table: docs, domain, "Booking" (a superset of OCPI 2.3.0, mod_bookings, ReservationStatus).
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django.db import connection

from accounts.models import User
from bookings.models import Booking
from bookings.series_acts import series_data
from bookings.waiting import follow_offer
from evbooking.core import audit, events
from evbooking.core.errors import WrongState
from evbooking.core.ocpi import ReservationStatus as S

ALLOWED: Final[Mapping[S, frozenset[S]]] = MappingProxyType(
    {
        S.HELD: frozenset({S.RESERVED, S.PENDING, S.EXPIRED, S.CANCELED}),
        S.EXPIRED: frozenset({S.RESERVED, S.PENDING}),
        S.PENDING: frozenset({S.RESERVED, S.REJECTED, S.FAILED, S.CANCELED}),
        S.RESERVED: frozenset({S.FULFILLED, S.NO_SHOW, S.CANCELED}),
        S.FULFILLED: frozenset({S.COMPLETED}),
        S.REJECTED: frozenset(),
        S.FAILED: frozenset(),
        S.CANCELED: frozenset(),
        S.COMPLETED: frozenset(),
        S.NO_SHOW: frozenset(),
    }
)

CHANGEABLE: Final = (S.PENDING, S.RESERVED)

_STEP: Final = """
INSERT INTO bookings_bookingtransition (booking_id, at, from_status, to_status, actor_id, reason)
VALUES (%s, %s, %s, %s, %s, %s)
"""


def require(booking: Booking, *states: S) -> None:
    """Raises WrongState unless the booking is in one of these states."""
    if booking.status not in states:
        raise WrongState(f"The booking is {booking.get_status_display()}.")


def move(
    booking: Booking, to: S, *, actor: User | None, now: datetime, reason: str = "", **fields: Any
) -> Booking:
    """Move a booking to another state, together with `fields`, and write history, audit and event.

    A compare-and-set: of many who move a booking out of one state, one succeeds and the rest get WrongState,
    as does who judged a slot that the booking has left meanwhile, and a move that is not in the table.
    `actor` None is the system. Needs a transaction.
    """
    before = S(booking.status)
    if to not in ALLOWED[before] or not _swap(booking, before, status=to, last_updated=now, **fields):
        raise WrongState("The booking has changed meanwhile." if to in ALLOWED[before] else "")
    after = {"status": to, **fields}
    changes = {name: getattr(booking, name) for name in after}, after
    for name, value in {"last_updated": now, **after}.items():
        setattr(booking, name, value)
    if before in CHANGEABLE and to not in CHANGEABLE:
        drop_replacements(booking, now)
    note(booking, before, actor=actor, now=now, reason=reason, changes=changes)
    if booking.origin_id is not None and before == S.HELD:
        follow_offer(booking, actor=actor, now=now)
    return booking


def drop_replacements(booking: Booking, now: datetime) -> None:
    """Let go the slot that was kept for moving a `locked` booking there (services.replacing), if there is one."""
    kept = Booking.objects.select_for_update(of=("self",)).filter(replaces=booking, status=S.HELD)
    for one in kept.select_related("evse"):
        move(one, S.EXPIRED, actor=None, now=now, reason="The slot was let go.")


def note(
    booking: Booking,
    before: S | None,
    *,
    actor: User | None,
    now: datetime,
    reason: str = "",
    event: str = "",
    changes: tuple[dict[str, Any] | None, dict[str, Any]] | None = None,
) -> None:
    """Write one step of a booking's history, its audit entry and its event (by default `booking.<state>`).

    `changes` are the values before and after; by default the two states.
    """
    status = S(booking.status)
    event = event or f"booking.{status.lower()}"
    with connection.cursor() as cursor:
        cursor.execute(
            _STEP, [booking.pk, now, before or "", status, actor.pk if actor else None, reason[:200]]
        )
    changes = changes or ({"status": before} if before else None, {"status": status})
    announce(booking, event, actor=actor, now=now, reason=reason, changes=changes)


def announce(
    booking: Booking,
    event: str,
    *,
    actor: User | None,
    now: datetime,
    reason: str = "",
    changes: tuple[dict[str, Any] | None, dict[str, Any]],
) -> None:
    """Write the audit entry and the event of a change from some values to others.

    A row that only keeps a slot for another booking is nobody's business: it is audited, and no event tells of it.
    """
    old, new = changes
    audit.record(event, target=booking, actor=actor, before=old, after=new, reason=reason)
    if booking.replaces_id is not None:
        return
    data = _event_data(booking, actor, reason) | {"before": old, "after": new}
    events.publish(event, subject=f"booking:{booking.reference}", data=data, actor=actor, now=now)


def _swap(booking: Booking, expected: S, **fields: Any) -> bool:
    slot = {"evse": booking.evse_id, "start": booking.start, "end": booking.end}
    return Booking.objects.filter(pk=booking.pk, status=expected, **slot).update(**fields) == 1


def _event_data(booking: Booking, actor: User | None, reason: str) -> dict[str, Any]:
    return {
        **series_data(booking.series_id),
        "booking_id": booking.pk,
        "reference": booking.reference,
        "station_id": booking.station_id,
        "evse_uid": booking.evse.uid,
        "driver_id": booking.driver_id,
        "start": booking.start,
        "end": booking.end,
        "status": booking.status,
        "actor_id": actor.pk if actor else None,
        "reason": reason,
    }
