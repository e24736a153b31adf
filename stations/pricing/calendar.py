"""When the calendar can change a price: the edges of times of day and dates on the site's clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from stations.local_time import DAY_S, epoch_seconds, instant_at, offset_runs
from stations.pricing.rules import CompiledTariff

Pattern = tuple[tuple[timedelta, tuple[bool, ...]], ...]


def wall_edges(start: datetime, end: datetime, zone: ZoneInfo, minutes: tuple[int, ...]) -> list[int]:
    """Epoch seconds from start to end when the wall clock shows one of these minutes of the day, or jumps.

    Whole seconds are asked, so an edge may lie less than a second outside; those inside are complete.
    """
    epochs: list[int] = []
    offset: int | None = None
    for run in offset_runs(zone, epoch_seconds(start), epoch_seconds(end) + 1):
        if offset is not None and run.offset != offset:
            epochs.append(run.start)
        offset = run.offset
        for minute in minutes:
            first = run.start + (minute * 60 - run.start - run.offset) % DAY_S
            epochs.extend(range(first, run.end, DAY_S))
    return epochs


def calendar_pattern(compiled: CompiledTariff, start: datetime, end: datetime, zone: ZoneInfo) -> Pattern:
    """Which calendar conditions hold from how long after the start on.

    Two sessions of the same length, power and energy with the same pattern cost the same.
    """
    edges = {instant_at(edge) for edge in wall_edges(start, end, zone, compiled.wall_minutes)}
    pattern: list[tuple[timedelta, tuple[bool, ...]]] = []
    for instant in (start, *sorted(edge for edge in edges if start < edge < end)):
        wall = instant.astimezone(zone)
        holding = tuple(condition.holds_at(wall) for condition in compiled.calendars)
        if not pattern or pattern[-1][1] != holding:
            pattern.append((instant - start, holding))
    return tuple(pattern)
