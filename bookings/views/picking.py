"""Putting a slot picker together from a request, for the station page and for a booking that moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.http import HttpRequest

from accounts.models import Vehicle
from bookings.availability import Offer, Wish, fittings_of
from bookings.availability.window import usual_duration
from bookings.forms.picker import PickerForm
from bookings.models import Booking
from bookings.presentation.picker import DayGrid, DayTab, day_grid, day_tabs
from bookings.selectors import slot_picker
from bookings.selectors.free_days import DAYS, free_days
from bookings.terms import AcceptedTerms

_MINUTE: Final = timedelta(minutes=1)
_WEEK: Final = timedelta(days=DAYS)


@dataclass(frozen=True, slots=True)
class Picking:
    """A day's picker with its form and tabs; `earlier` and `later` begin the neighbouring seven days."""

    form: PickerForm
    terms: AcceptedTerms
    wish: Wish
    power_kw: Decimal | None
    day: date
    duration: timedelta
    tabs: list[DayTab]
    grid: DayGrid
    earlier: date | None
    later: date | None

    @property
    def minutes(self) -> int:
        return self.duration // _MINUTE

    @property
    def least(self) -> int:
        """Minutes at the left end of the slider."""
        step = self.terms.timeslot_increment_minutes
        return -(-self.terms.min_booking_duration // step) * step

    @property
    def most(self) -> int:
        return self.terms.max_booking_duration


def pick_slots(
    request: HttpRequest, offer: Offer, *, cars: Sequence[Vehicle], now: datetime, marked: bool = True
) -> Picking | None:
    """The picker of a station, for the first of the driver's cars that fits unless the address says more.

    None for a station at which nothing can be booked. `marked` False leaves it to the caller which slots are the best.
    """
    if not offer.offered or offer.terms is None:
        return None
    standards = dict.fromkeys(plug.standard for unit in offer.offered for plug in unit.plugs)
    form = PickerForm(
        request.GET,
        terms=offer.terms,
        standards=list(standards),
        vehicles=cars,
        usual=usual_duration(offer.terms) // _MINUTE,
        car=next((car for car in cars if fittings_of(offer, Wish(vehicle=car))), None),
    )
    wish = Wish(form.chosen_connector, form.chosen_vehicle)
    return _pick(offer, offer.terms, form, wish, now, marked=marked)


def pick_new_time(request: HttpRequest, offer: Offer, booking: Booking, *, now: datetime) -> Picking | None:
    """The picker for a booking that moves: connector, car and duration stay, the tabs begin at its day."""
    if not offer.offered or offer.terms is None:
        return None
    filled = request.GET.copy()
    filled.setdefault("day", max(booking.start, now).astimezone(offer.zone).date().isoformat())
    usual = (booking.end - booking.start) // _MINUTE
    form = PickerForm(filled, terms=offer.terms, standards=(), vehicles=(), usual=usual)
    wish = Wish(booking.connector, booking.vehicle)
    return _pick(offer, offer.terms, form, wish, now, ignoring=booking.pk)


def _pick(
    offer: Offer,
    terms: AcceptedTerms,
    form: PickerForm,
    wish: Wish,
    now: datetime,
    *,
    ignoring: UUID | None = None,
    marked: bool = True,
) -> Picking:
    today, last = (moment.astimezone(offer.zone).date() for moment in (now, _horizon(terms, now)))
    wanted = min(max(form.chosen_day or today, today), last)
    first_day = today + (wanted - today) // _WEEK * _WEEK
    duration = _allowed(terms, form.lasting or usual_duration(terms) // _MINUTE)
    counts = free_days(offer, first_day=first_day, duration=duration, wish=wish, now=now, ignoring=ignoring)
    day = wanted if form.chosen_day else _first_with_room(first_day, counts)
    found = slot_picker(
        offer,
        day=day,
        now=now,
        duration=duration,
        connector=wish.connector,
        vehicle=wish.vehicle,
        ignoring=ignoring,
        marked=marked,
    )
    return Picking(
        form=form,
        terms=terms,
        wish=wish,
        power_kw=max((column.power_kw for column in found.columns), default=None),
        day=day,
        duration=duration,
        tabs=day_tabs(first_day, counts, day),
        grid=day_grid(found, offer.zone, wish.vehicle),
        earlier=first_day - _WEEK if first_day > today else None,
        later=first_day + _WEEK if first_day + _WEEK <= last else None,
    )


def _horizon(terms: AcceptedTerms, now: datetime) -> datetime:
    return now + terms.booking_horizon_minutes * _MINUTE


def _allowed(terms: AcceptedTerms, minutes: int) -> timedelta:
    """The duration that the terms allow nearest to so many minutes."""
    step = terms.timeslot_increment_minutes
    least, most = -(-terms.min_booking_duration // step), terms.max_booking_duration // step
    return step * max(least, min(most, round(minutes / step))) * _MINUTE


def _first_with_room(first_day: date, counts: Sequence[int]) -> date:
    """The first of the days that has a free slot, else the first."""
    number = next((number for number, count in enumerate(counts) if count), 0)
    return first_day + timedelta(days=number)
