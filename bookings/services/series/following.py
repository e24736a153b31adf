"""Dates that wait for their day of booking follow a change of their series, each by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from bookings.availability.wishes import Wish
from bookings.models import LaterDate, Series
from bookings.recurrence import at_site
from bookings.selectors.series import later_day
from bookings.services.deal import Deal
from bookings.services.series.asking import offered
from bookings.services.series.changes import SeriesChange
from bookings.services.series.judging import DateAsk, DateSlot, judge
from bookings.services.series.later import locked_later, waiting_of
from bookings.services.series.shifting import in_order_of_moving
from evbooking.core.errors import DomainError

State = LaterDate.State


@dataclass(frozen=True, slots=True)
class LaterChanged:
    """A date that is not booked yet, and what it would be, or why it stays."""

    later: LaterDate
    slot: DateSlot

    @property
    def problem(self) -> DomainError | None:
        return None if self.slot.quote else self.slot.problem


def preview_following(series: Series, change: SeriesChange, *, now: datetime) -> list[LaterChanged]:
    """What would become of each date that waits, in order, at the station's prices of today. Raises Invalid."""
    shift = change.shift(series)
    waiting = waiting_of(series, change.since)
    if not waiting:
        return []
    station = series.station
    deal = offered(station)
    asks = [_asked(one, series, change, shift, deal, now) for one in waiting]
    slots = judge(station, asks, now=now)
    return [LaterChanged(one, slot) for one, slot in zip(waiting, slots, strict=True)]


def follow(found: Iterable[LaterChanged]) -> None:
    """Move those that can be moved, each at the price that its driver has seen."""
    moves = [
        (one, one.later.occurrence.date(), one.slot.ask.start.date())
        for one in found
        if one.slot.ask.start and not one.problem
    ]
    for one in in_order_of_moving(moves):
        _move(one)


def _asked(
    later: LaterDate,
    series: Series,
    change: SeriesChange,
    shift: Mapping[int, int],
    deal: Deal,
    now: datetime,
) -> DateAsk:
    wall = change.wall(later_day(later, series), series.clock, shift)
    start = at_site(wall, deal.offer.zone)
    waits = start is not None and deal.terms.opens_at(start) > now
    return DateAsk(
        wall,
        start,
        change.lasting or timedelta(minutes=series.duration_minutes),
        deal.at_any_time if waits else deal,
        change.evse or series.evse,
        Wish(series.connector or None, series.vehicle),
        series.energy_kwh,
        later=waits,
    )


@transaction.atomic
def _move(one: LaterChanged) -> None:
    """Unless it has been booked meanwhile."""
    start, total = one.slot.ask.start, one.slot.total
    found = locked_later(one.later.pk)
    if found is None or start is None or total is None:
        return
    known = LaterDate.objects.filter(series=found.series, occurrence=start).exclude(state=State.WITHDRAWN)
    if known.exclude(pk=found.pk).exists():
        return
    found.occurrence, found.most_amount, found.currency = start, total.amount, total.currency
    found.save(update_fields=["occurrence", "most_amount", "currency"])
