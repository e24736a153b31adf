"""How much each EVSE of one station was used, and at which hours of the week the station was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from bookings.hours_of_week import HourOfWeek, hours_of_week
from bookings.models import Booking
from bookings.selectors.utilisation import NOTHING, USED, count_use, hours_in, instant_of, open_time, share
from stations.hours import Hours, open_intervals
from stations.models import EVSE, Station


@dataclass(frozen=True, slots=True)
class EvseUse:
    """One EVSE in a window; the figures are those of `utilisation.StationUse`."""

    evse: EVSE
    booked_hours: Decimal
    utilisation: Decimal | None
    bookings: int
    completed: int
    no_shows: int
    canceled: int


class HourUse(NamedTuple):
    """An hour of the week: booked against open EVSE time; None while the site is closed then."""

    booked_hours: Decimal
    utilisation: Decimal | None


def evse_use(station: Station, *, since: date, before: date) -> list[EvseUse]:
    """The use of each EVSE that still stands at the station, in [since, before) of the site's days."""
    zone = ZoneInfo(station.time_zone)
    start, end = instant_of(since, zone), instant_of(before, zone)
    opened = open_time(station, zone, start, end)
    figures = count_use(Booking.objects.filter(station=station), "evse_id", start, end)
    return [
        _evse_use(evse, figures.get(evse.pk, NOTHING), opened)
        for evse in station.evses.filter(removed_at=None)
    ]


def week_use(station: Station, *, since: date, before: date) -> dict[HourOfWeek, HourUse]:
    """The use of the station's EVSEs together by hour of the week, in [since, before) of the site's days."""
    zone = ZoneInfo(station.time_zone)
    start, end = instant_of(since, zone), instant_of(before, zone)
    count = station.evses.filter(removed_at=None).count()
    opened = hours_of_week(open_intervals(Hours.from_ocpi(station.opening_times), zone, start, end), zone)
    kept = Booking.objects.filter(station=station, status__in=USED, start__lt=end, end__gt=start)
    spans = kept.order_by().values_list("start", "end")
    booked = hours_of_week(((max(first, start), min(last, end)) for first, last in spans), zone)
    return {hour: _hour_use(booked[hour], opened[hour] * count) for hour in opened.keys() | booked.keys()}


def _evse_use(evse: EVSE, row: dict[str, Any], opened: timedelta) -> EvseUse:
    booked = row["booked"] or timedelta()
    counts = {name: row[name] for name in ("bookings", "completed", "no_shows", "canceled")}
    return EvseUse(evse, hours_in(booked), share(booked, opened), **counts)


def _hour_use(booked_s: int, open_s: int) -> HourUse:
    booked, opened = timedelta(seconds=booked_s), timedelta(seconds=open_s)
    return HourUse(hours_in(booked), share(booked, opened))
