"""What a driver wants of a series from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bookings.models import Series
from bookings.recurrence import parse_rule
from bookings.services.series.shifting import days_of, shift_between
from evbooking.core.errors import Invalid
from stations.models import EVSE


@dataclass(frozen=True, slots=True)
class SeriesChange:
    """What dates from the day `since` on become: the site's `clock`, how long, where, on which weekdays (Monday is 0,
    none: as they are); what is None stays."""

    since: date
    clock: time | None = None
    lasting: timedelta | None = None
    evse: EVSE | None = None
    days: frozenset[int] = frozenset()

    def shift(self, series: Series) -> Mapping[int, int]:
        """By how many days each weekday moves; empty where all stay. Raises Invalid, also where nothing changes."""
        if self.clock is None and self.lasting is None and self.evse is None and not self.days:
            words = "Say what shall change: the days, the time, how long, or the charge point."
            raise Invalid.one("start", "required", words)
        if not self.days:
            return {}
        return shift_between(days_of(parse_rule(series.rrule), series.first_day), self.days)

    def wall(self, day: date, clock: time, shift: Mapping[int, int]) -> datetime:
        """Where a date of that day and time goes, on the site's clock."""
        return datetime.combine(day + timedelta(days=shift.get(day.weekday(), 0)), self.clock or clock)
