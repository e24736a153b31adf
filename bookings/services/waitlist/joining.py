"""Joining a line, leaving it, and what the clock takes out of it."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.models import User, Vehicle
from bookings.availability.free import allows
from bookings.availability.wishes import Wish, plugs_for
from bookings.locks import lock_driver
from bookings.models import Booking, WaitlistEntry
from bookings.services.deal import Deal, deal_with
from bookings.services.relocate import locked
from bookings.services.waitlist.gains import note_gain
from bookings.terms import AcceptedTerms
from bookings.transitions import move
from bookings.waiting import OPEN, S, announce_entry, move_entry
from evbooking.core.errors import FieldError, Invalid, WrongState
from evbooking.core.ocpi import ReservationStatus
from stations.models import Station

_LONGEST: Final = timedelta(days=14)
_MINUTE: Final = timedelta(minutes=1)


def join(
    driver: User,
    *,
    stations: Sequence[Station],
    earliest: datetime,
    latest: datetime,
    duration_minutes: int,
    connector: str | None = None,
    vehicle: Vehicle | None = None,
    now: datetime,
) -> list[WaitlistEntry]:
    """Wait for a start in [earliest, latest) at one of these stations; an entry of one wish for each, in order.

    Who waits there for just that already gets the entries there are. What is free already is offered at once. Raises
    Invalid with the codes of a slot, range_too_long (14 days), or too_many_entries (EVB_MAX_WAITLIST_ENTRIES).
    """
    window = {"earliest": earliest, "latest": latest, "duration_minutes": duration_minutes}
    asked = {**window, "connector": connector or "", "vehicle": vehicle}
    with transaction.atomic():
        lock_driver(driver.pk)
        mine = WaitlistEntry.objects.filter(driver=driver, status__in=OPEN).select_related("station")
        before = list(mine.filter(**asked, station__in=stations))
        if before:
            return before
        deals = [deal_with(station) for station in stations]
        errors = list(_window_errors(deals[0][1], earliest, latest, now))
        errors += _deal_errors([deal for _, deal in deals], duration_minutes, Wish(connector, vehicle))
        if mine.count() + len(stations) > settings.EVB_MAX_WAITLIST_ENTRIES:
            words = f"You may wait in at most {settings.EVB_MAX_WAITLIST_ENTRIES} lines."
            errors.append(FieldError("station", "too_many_entries", words))
        if errors:
            raise Invalid(errors)
        wish = uuid4()
        return [_enter(driver, station, wish, asked, now) for station, _ in deals]


def leave(entry: WaitlistEntry, *, actor: User, now: datetime) -> WaitlistEntry:
    """Leave the line; a slot on offer goes to the next. Raises WrongState where the entry is over."""
    with transaction.atomic():
        offer = offer_of(entry)
        held = locked(offer) if offer else None
        entry.refresh_from_db()
        move_entry(entry, S.CANCELED, actor=actor, now=now, offer=held)
        if held is not None and held.status == ReservationStatus.HELD:
            let_go(held, actor=actor, now=now)
    return entry


def lapse(now: datetime) -> int:
    """WAITING past the window, or of a closed account > LAPSED. Returns how many."""
    over = Q(latest__lte=now) | Q(driver__is_active=False)
    done = 0
    for entry in WaitlistEntry.objects.filter(over, status=S.WAITING).order_by("pk"):
        with suppress(WrongState), transaction.atomic():
            move_entry(entry, S.LAPSED, actor=None, now=now, reason="Nothing came free in time.")
            done += 1
    return done


def offer_of(entry: WaitlistEntry) -> Booking | None:
    """What is on offer to an entry now."""
    if entry.status != S.OFFERED:
        return None
    held = Booking.objects.filter(origin=entry, status=ReservationStatus.HELD)
    return held.select_related("station", "evse").first()


def let_go(offer: Booking, *, actor: User | None, now: datetime) -> None:
    """The `locked` row of an offer that nobody wants is free for the next in line."""
    move(offer, ReservationStatus.EXPIRED, actor=actor, now=now, reason="The offer was not taken.")


def _enter(driver: User, station: Station, wish: UUID, asked: dict[str, Any], now: datetime) -> WaitlistEntry:
    entry = WaitlistEntry.objects.create(
        driver=driver, station=station, wish=wish, joined_at=now, last_updated=now, **asked
    )
    announce_entry(entry, "waitlist.joined", None, driver, now)
    note_gain(station.pk, now=now)
    return entry


def _window_errors(deal: Deal, earliest: datetime, latest: datetime, now: datetime) -> Iterator[FieldError]:
    horizon = deal.terms.booking_horizon_minutes * _MINUTE
    if earliest - now > horizon:
        days = f"{deal.terms.booking_horizon_minutes / 1440:g}"
        yield FieldError("earliest", "too_far_ahead", f"Bookings open {days} days ahead.")
    if latest <= earliest:
        yield FieldError("latest", "end_before_start", "The window must end after it begins.")
    elif latest <= now:
        yield FieldError("latest", "in_the_past", "The window has passed.")
    elif latest - earliest > _LONGEST:
        yield FieldError("latest", "range_too_long", f"At most {_LONGEST.days} days at once.")


def _deal_errors(deals: Sequence[Deal], duration_minutes: int, wish: Wish) -> Iterator[FieldError]:
    """The first thing that one of the stations can never give."""
    wrong = next((deal.terms for deal in deals if not allows(deal.terms, duration_minutes * 60)), None)
    if wrong is not None:
        yield _duration_error(wrong, duration_minutes)
    if not all(any(plugs_for(unit, wish) for unit in deal.offer.units) for deal in deals):
        field = "connector" if wish.connector or wish.vehicle is None else "vehicle"
        yield FieldError(field, "connector_incompatible", "No connector here fits.")


def _duration_error(terms: AcceptedTerms, minutes: int) -> FieldError:
    least, most = terms.min_booking_duration, terms.max_booking_duration
    if minutes < least:
        return FieldError("duration_minutes", "too_short", f"A booking lasts at least {least} minutes.")
    if minutes > most:
        return FieldError("duration_minutes", "too_long", f"A booking lasts at most {most} minutes.")
    increment = terms.timeslot_increment_minutes
    words = f"A booking lasts a multiple of {increment} minutes."
    return FieldError("duration_minutes", "not_on_increment", words)
