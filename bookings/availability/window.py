"""The times in which a slot may start, and how long it lasts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from bookings.terms import AcceptedTerms
from stations.local_time import epoch_seconds, local_midnight

_USUAL_MINUTES: Final = 60


class Window(NamedTuple):
    """Starts with `earliest` <= start < `before`; a date means its midnight at each site."""

    earliest: datetime | date
    before: datetime | date

    def at(self, zone: ZoneInfo, terms: AcceptedTerms, now: datetime) -> tuple[int, int]:
        """Epoch seconds [low, high) of the starts in the window, neither past nor beyond the horizon."""
        return _limits(self, zone, terms.booking_horizon_minutes, now)


@lru_cache(maxsize=256)
def _limits(window: Window, zone: ZoneInfo, horizon_minutes: int, now: datetime) -> tuple[int, int]:
    """The same for all stations of a zone that open their books equally long ahead."""
    latest = epoch_seconds(now) + horizon_minutes * 60
    low = max(_edge(window.earliest, zone), _up(now))
    return low, max(low, min(_edge(window.before, zone), latest + 1))


def usual_duration(terms: AcceptedTerms) -> timedelta:
    """The duration offered to who asks for none: an hour, or the nearest that the terms allow."""
    increment = terms.timeslot_increment_minutes
    shortest = -(-terms.min_booking_duration // increment) * increment
    longest = terms.max_booking_duration // increment * increment
    return timedelta(minutes=max(shortest, min(_USUAL_MINUTES, longest)))


def _edge(value: datetime | date, zone: ZoneInfo) -> int:
    return _up(value if isinstance(value, datetime) else local_midnight(zone, value))


def _up(instant: datetime) -> int:
    return epoch_seconds(instant) + bool(instant.microsecond)
