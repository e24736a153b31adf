"""Answering an offer: accept, not this one (snooze), no. Of several answers at once, one counts."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from bookings.errors import HoldExpired
from bookings.holds import has_run_out
from bookings.models import Booking, WaitlistEntry
from bookings.services.relocate import locked
from bookings.services.waitlist.joining import let_go, offer_of
from bookings.waiting import S, move_entry
from evbooking.core.errors import WrongState
from evbooking.core.ocpi import ReservationStatus


def accept(entry: WaitlistEntry, *, actor: User, now: datetime) -> Booking:
    """OFFERED > ACCEPTED. The offered row is an ordinary hold from now on, for EVB_HOLD_MINUTES.

    Raises HoldExpired once the offer is over, WrongState where there is none.
    """
    with transaction.atomic():
        booking = _locked_offer(entry, now)
        booking.hold_expires_at = now + timedelta(minutes=settings.EVB_HOLD_MINUTES)
        booking.last_updated = now
        booking.save(update_fields=["hold_expires_at", "last_updated"])
        move_entry(entry, S.ACCEPTED, actor=actor, now=now, offer=booking)
    return booking


def decline(entry: WaitlistEntry, *, actor: User, now: datetime) -> WaitlistEntry:
    """OFFERED > DECLINED; the slot goes to the next in line. Raises as `accept`."""
    with transaction.atomic():
        booking = _locked_offer(entry, now)
        move_entry(entry, S.DECLINED, actor=actor, now=now, offer=booking)
        let_go(booking, actor=actor, now=now)
    return entry


def snooze(entry: WaitlistEntry, *, minutes: int, actor: User, now: datetime) -> WaitlistEntry:
    """OFFERED > WAITING: not this slot, and none for so many minutes; the place in line is kept. Raises as `accept`."""
    with transaction.atomic():
        booking = _locked_offer(entry, now)
        move_entry(
            entry,
            S.WAITING,
            actor=actor,
            now=now,
            offer=booking,
            event="waitlist.snoozed",
            not_before=now + timedelta(minutes=minutes),
        )
        let_go(booking, actor=actor, now=now)
    return entry


def _locked_offer(entry: WaitlistEntry, now: datetime) -> Booking:
    """The offer, its row locked, and the entry as it is then."""
    offer = offer_of(entry)
    if offer is None:
        entry.refresh_from_db()
        raise _no_offer(entry)
    booking = locked(offer)
    entry.refresh_from_db()
    if booking.status == ReservationStatus.EXPIRED or has_run_out(booking, now):
        raise HoldExpired
    if entry.status != S.OFFERED:
        raise _no_offer(entry)
    return booking


def _no_offer(entry: WaitlistEntry) -> HoldExpired | WrongState:
    if entry.status == S.SKIPPED:
        return HoldExpired("The offer is over.")
    return WrongState("Nothing is on offer for this place in line.")
