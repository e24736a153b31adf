"""The states of a place in line: one table of allowed moves, `move_entry`, and how an entry follows its offer.

Source of the table: docs, domain, "waiting list entry". Locks: an offer's booking row before its OFFERED entry; the
lock of a wish before an entry that is WAITING, whose row is only ever met by compare-and-set.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from accounts.models import User
from bookings.models import Booking, WaitlistEntry
from evbooking.core import audit, events
from evbooking.core.errors import WrongState
from evbooking.core.locks import advisory_xact_lock
from evbooking.core.ocpi import ReservationStatus

S = WaitlistEntry.Status
ALLOWED: Final[Mapping[S, frozenset[S]]] = MappingProxyType(
    {
        S.WAITING: frozenset({S.OFFERED, S.CANCELED, S.LAPSED}),
        S.OFFERED: frozenset({S.ACCEPTED, S.DECLINED, S.SKIPPED, S.WAITING, S.CANCELED}),
        S.ACCEPTED: frozenset(),
        S.DECLINED: frozenset(),
        S.SKIPPED: frozenset(),
        S.CANCELED: frozenset(),
        S.LAPSED: frozenset(),
    }
)
OPEN: Final = (S.WAITING, S.OFFERED)
_BY_BOOKING: Final = {
    ReservationStatus.RESERVED: S.ACCEPTED,
    ReservationStatus.PENDING: S.ACCEPTED,
    ReservationStatus.EXPIRED: S.SKIPPED,
}


def move_entry(
    entry: WaitlistEntry,
    to: S,
    *,
    actor: User | None,
    now: datetime,
    offer: Booking | None = None,
    event: str = "",
    reason: str = "",
    **fields: Any,
) -> WaitlistEntry:
    """Move an entry to another state with `fields`, and write audit and event (by default `waitlist.<state>`).

    A compare-and-set, as bookings.transitions.move: of many, one succeeds, the rest get WrongState. `offer` is the
    booking that it is about. One that is ACCEPTED takes the other entries of its wish out of their lines. `actor` None
    is the system. Needs a transaction.
    """
    before = S(entry.status)
    if to not in ALLOWED[before]:
        raise WrongState(f"This place in line is over: {entry.get_status_display()}.")
    lock_wish(entry)
    values: dict[str, Any] = {"status": to, "last_updated": now, "offer_expires_at": None, **fields}
    if to not in OPEN:
        values["ended_at"] = now
    if not _swap(entry, before, values):
        raise WrongState("This place in line has changed meanwhile.")
    for name, value in values.items():
        setattr(entry, name, value)
    announce_entry(entry, event or f"waitlist.{to.lower()}", before, actor, now, offer=offer, reason=reason)
    if to == S.ACCEPTED:
        _release_siblings(entry, actor, now)
    return entry


def announce_entry(
    entry: WaitlistEntry,
    event: str,
    before: S | None,
    actor: User | None,
    now: datetime,
    *,
    offer: Booking | None = None,
    reason: str = "",
) -> None:
    """Write the audit entry and the event of what happened to an entry; `before` None: it is new."""
    old, new = ({"status": before} if before else None), {"status": S(entry.status)}
    audit.record(event, target=entry, actor=actor, before=old, after=new, reason=reason)
    data = {**_entry_data(entry), **_offer_data(offer), "reason": reason, "before": old, "after": new}
    events.publish(event, subject=f"waitlist:{entry.pk}", data=data, actor=actor, now=now)


def follow_offer(booking: Booking, *, actor: User | None, now: datetime) -> None:
    """The entry of an offer that has just ceased to be HELD: taken, silent, given back, or withdrawn.

    An offer that was withdrawn by the operator or the system leaves the person in line, where they were.
    """
    entry = WaitlistEntry.objects.select_for_update(of=("self",)).get(offers=booking)
    if entry.status != S.OFFERED:
        return
    to = _BY_BOOKING.get(ReservationStatus(booking.status), S.DECLINED)
    withdrawn = to == S.DECLINED and booking.canceled_by != Booking.CanceledBy.DRIVER
    if withdrawn:
        words = "The station took the offer back."
        move_entry(
            entry, S.WAITING, actor=actor, now=now, offer=booking, event="waitlist.withdrawn", reason=words
        )
    else:
        move_entry(entry, to, actor=actor, now=now, offer=booking)


def lock_wish(entry: WaitlistEntry) -> None:
    """Of the entries of one wish, one is offered or accepted after another."""
    advisory_xact_lock(f"wish:{entry.wish}")


def _swap(entry: WaitlistEntry, expected: S, values: dict[str, Any]) -> bool:
    return WaitlistEntry.objects.filter(pk=entry.pk, status=expected).update(**values) == 1


def _release_siblings(entry: WaitlistEntry, actor: User | None, now: datetime) -> None:
    others = WaitlistEntry.objects.filter(wish=entry.wish, status=S.WAITING).exclude(pk=entry.pk)
    for other in others.select_for_update(of=("self",)).order_by("pk"):
        move_entry(other, S.CANCELED, actor=actor, now=now, reason="One of the stations had a slot.")


def _entry_data(entry: WaitlistEntry) -> dict[str, Any]:
    return {
        "entry_id": entry.pk,
        "driver_id": entry.driver_id,
        "station_id": entry.station_id,
        "earliest": entry.earliest,
        "latest": entry.latest,
        "duration_minutes": entry.duration_minutes,
        "connector": entry.connector,
        "status": entry.status,
        "offer_expires_at": entry.offer_expires_at,
    }


def _offer_data(offer: Booking | None) -> dict[str, Any]:
    if offer is None:
        return {}
    return {
        "booking_id": offer.pk,
        "reference": offer.reference,
        "evse_uid": offer.evse.uid,
        "start": offer.start,
        "end": offer.end,
    }
