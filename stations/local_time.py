"""Wall clocks of a site: how UTC instants and its local time map, on days of any length.

Everything rests on one fact: between two changes of the offset, wall clock = UTC + offset.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY_S = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PROBE_S = 3600


class OffsetRun(NamedTuple):
    """UTC epoch seconds [start, end) during which the site's clock is ahead of UTC by `offset` seconds."""

    start: int
    end: int
    offset: int


def offset_runs(zone: ZoneInfo, start: int, end: int) -> Iterator[OffsetRun]:
    """The runs of constant offset that make up [start, end), in epoch seconds, clipped and in order.

    Runs also end at UTC midnights, so neighbours may have the same offset.
    """
    for day in range(start // DAY_S, -(-end // DAY_S)):
        for run in _runs_of_utc_day(zone, day):
            if run.end > start and run.start < end:
                yield OffsetRun(max(run.start, start), min(run.end, end), run.offset)


def epoch_seconds(instant: datetime) -> int:
    """Whole epoch seconds of an aware instant, rounded down."""
    return (instant - _EPOCH) // timedelta(seconds=1)


def instant_at(epoch: int) -> datetime:
    """The aware UTC instant of whole epoch seconds."""
    return _EPOCH + timedelta(seconds=epoch)


def local_midnight(zone: ZoneInfo, day: date) -> datetime:
    """The first instant of a date at the site, in UTC; not 00:00 where the clocks skip midnight."""
    midnight = (day - _EPOCH.date()).days * DAY_S
    for run in offset_runs(zone, midnight - DAY_S, midnight + DAY_S):
        if run.end + run.offset > midnight:
            return instant_at(max(run.start, midnight - run.offset))
    raise AssertionError("no clock is more than a day away from UTC")


@lru_cache(maxsize=8192)
def _runs_of_utc_day(zone: ZoneInfo, day: int) -> tuple[OffsetRun, ...]:
    start, end = day * DAY_S, (day + 1) * DAY_S
    runs = []
    for probe in range(start, end, _PROBE_S):
        change = _change_within(zone, probe, probe + _PROBE_S)
        if change is not None:
            runs.append(OffsetRun(start, change, _offset(zone, start)))
            start = change
    if start < end:
        runs.append(OffsetRun(start, end, _offset(zone, start)))
    return tuple(runs)


def _change_within(zone: ZoneInfo, low: int, high: int) -> int | None:
    """The second in (low, high] at which the offset changes; no zone ever changed twice in an hour."""
    before = _offset(zone, low)
    if before == _offset(zone, high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return high


def _offset(zone: ZoneInfo, epoch: int) -> int:
    offset = instant_at(epoch).astimezone(zone).utcoffset()
    return (offset or timedelta()) // timedelta(seconds=1)
