"""VTIMEZONE (RFC 5545, 3.6.5): the clock of a zone in the years used, out of the IANA database.

Written here and not by the library: its generator states onsets on the clock after the change, and none of the last
year's when a zone changes more than twice a year (icalendar 7.3: Berlin, Casablanca).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

_STEP: Final = timedelta(days=7)  # no zone keeps a clock for less
_PRECISION: Final = timedelta(seconds=1)


class _Clock(NamedTuple):
    """What a zone's clock is at an instant."""

    offset: timedelta
    name: str
    daylight: bool


class _Change(NamedTuple):
    """From one clock to another, at an instant."""

    before: _Clock
    after: _Clock
    at: datetime

    @property
    def onset(self) -> datetime:
        """The naive time that the clock before it shows: what DTSTART of an observance is."""
        return (self.at + self.before.offset).replace(tzinfo=None)


@lru_cache(maxsize=256)
def vtimezone(zone: ZoneInfo, first_year: int, last_year: int) -> Timezone:
    """The zone from the beginning of the first year to the end of the last; not to be changed, because it is kept."""
    begin, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    begin, end = (
        begin - timedelta(days=1),
        end + timedelta(days=1),
    )  # local years begin before and end after UTC's
    made = Timezone()
    made.add("tzid", zone.key)
    first = _clock(zone, begin)
    made.add_component(_observance([_Change(first, first, begin)]))
    observances: dict[tuple[_Clock, _Clock], list[_Change]] = {}
    for change in _changes(zone, begin, end):
        observances.setdefault(change[:2], []).append(change)
    for changes in observances.values():
        made.add_component(_observance(changes))
    return made


def _observance(changes: list[_Change]) -> TimezoneStandard | TimezoneDaylight:
    """Changes between the same two clocks."""
    before, after, _ = changes[0]
    made = TimezoneDaylight() if after.daylight else TimezoneStandard()
    made.add("dtstart", changes[0].onset)
    made.add("tzoffsetfrom", before.offset)
    made.add("tzoffsetto", after.offset)
    made.add("tzname", after.name)
    for change in changes[1:]:
        made.add("rdate", change.onset)
    return made


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[_Change]:
    """Every change of the clock in [begin, end), found week by week and then by halving."""
    low, known = begin, _clock(zone, begin)
    while low < end:
        high = min(low + _STEP, end)
        shown = _clock(zone, high)
        if shown != known:
            yield _Change(known, shown, _first(zone, shown, low, high))
        low, known = high, shown


def _first(zone: ZoneInfo, shown: _Clock, low: datetime, high: datetime) -> datetime:
    """The first second of (low, high] at which the clock is `shown`."""
    while high - low > _PRECISION:
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        low, high = (low, middle) if _clock(zone, middle) == shown else (middle, high)
    return high


def _clock(zone: ZoneInfo, instant: datetime) -> _Clock:
    wall = instant.astimezone(zone)
    return _Clock(wall.utcoffset() or timedelta(), wall.tzname() or "", bool(wall.dst()))
