"""Opening hours of a site: OCPI Hours, expanded in the site's zone into UTC intervals.

A site is open at an instant when its wall clock then stands in a regular period of that weekday, so both
passes of a repeated hour count and a skipped hour counts for nothing. Exceptional openings add to the regular
hours, exceptional closings win over both (OCPI 2.3.0, mod_locations, Hours).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo

from stations.documents import InvalidDocument, Reader, clock_text, instant_text
from stations.local_time import DAY_S, epoch_seconds, offset_runs

Interval = tuple[datetime, datetime]

_LOOK_AHEAD = timedelta(days=8)
_THURSDAY = 3  # weekday of day 0 of the epoch, Monday = 0


class InvalidHours(InvalidDocument):
    """The document is no OCPI Hours object."""


class OpeningState(NamedTuple):
    """Whether a site is open, and when that changes next; None when it never does."""

    is_open: bool
    changes_at: datetime | None


@dataclass(frozen=True, slots=True)
class RegularHours:
    """One opening period of a weekday (1 = Monday .. 7), in minutes of the wall clock after 00:00.

    A period whose end is not after its begin runs over midnight into the next day.
    """

    weekday: int
    begin: int
    end: int

    @property
    def lasting(self) -> int:
        """Minutes of wall clock from begin to end: 1 to 1440."""
        return self.end - self.begin if self.end > self.begin else self.end - self.begin + 24 * 60


@dataclass(frozen=True, slots=True)
class ExceptionalPeriod:
    """An opening or closing at given instants, half-open."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Hours:
    """OCPI Hours of a site."""

    twentyfourseven: bool
    regular_hours: tuple[RegularHours, ...] = ()
    exceptional_openings: tuple[ExceptionalPeriod, ...] = ()
    exceptional_closings: tuple[ExceptionalPeriod, ...] = ()

    @classmethod
    def from_ocpi(cls, document: object) -> Self:
        """Reads an OCPI Hours object. Raises InvalidHours naming every violated field."""
        reader = Reader(document)
        always = reader.flag("twentyfourseven", required=True)
        regular = reader.nested_list("regular_hours", _read_regular, required=always is False)
        openings = reader.nested_list("exceptional_openings", _read_exceptional)
        closings = reader.nested_list("exceptional_closings", _read_exceptional)
        if always and regular:
            reader.fail("regular_hours", "invalid", "A site that is open 24/7 has no regular hours.")
        reader.close()
        if reader.errors:
            raise InvalidHours(reader.errors)
        return cls(bool(always), regular, openings, closings)

    def to_ocpi(self) -> dict[str, Any]:
        """The OCPI object, without the lists that are empty."""
        document: dict[str, Any] = {"twentyfourseven": self.twentyfourseven}
        if self.regular_hours:
            document["regular_hours"] = [_regular_document(period) for period in self.regular_hours]
        if self.exceptional_openings:
            document["exceptional_openings"] = [_exceptional_document(p) for p in self.exceptional_openings]
        if self.exceptional_closings:
            document["exceptional_closings"] = [_exceptional_document(p) for p in self.exceptional_closings]
        return document


def open_intervals(hours: Hours, zone: ZoneInfo, start: datetime, end: datetime) -> list[Interval]:
    """When the site is open within [start, end), both aware: UTC intervals, disjoint, merged, in order."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end <= start:
        return []
    usual = [(start, end)] if hours.twentyfourseven else _regular_intervals(hours, zone, start, end)
    added = [(period.begin, period.end) for period in hours.exceptional_openings]
    opened = _merged(_clipped([*usual, *added], start, end))
    return _without(opened, hours.exceptional_closings)


def is_open_throughout(hours: Hours, zone: ZoneInfo, start: datetime, end: datetime) -> bool:
    """Whether the site is open during all of [start, end), which must not be empty."""
    return open_intervals(hours, zone, start, end) == [(start, end)]


def opening_state(hours: Hours, zone: ZoneInfo, now: datetime) -> OpeningState:
    """Whether the site is open at an aware instant and the next instant at which that changes."""
    soon = _state_within(hours, zone, now, now + _LOOK_AHEAD)
    exceptions = [period.end for period in (*hours.exceptional_openings, *hours.exceptional_closings)]
    last = max(exceptions, default=now)
    if soon.changes_at is not None or last <= now:
        return soon
    return _state_within(hours, zone, now, last + _LOOK_AHEAD)


def _state_within(hours: Hours, zone: ZoneInfo, now: datetime, horizon: datetime) -> OpeningState:
    now = now.astimezone(UTC)
    intervals = open_intervals(hours, zone, now, horizon)
    if not intervals:
        return OpeningState(is_open=False, changes_at=None)
    begin, end = intervals[0]
    if begin > now:
        return OpeningState(is_open=False, changes_at=begin)
    return OpeningState(is_open=True, changes_at=end if end < horizon else None)


def _regular_intervals(hours: Hours, zone: ZoneInfo, start: datetime, end: datetime) -> list[Interval]:
    found = []
    for run in offset_runs(zone, epoch_seconds(start), epoch_seconds(end) + 1):
        first_day = (run.start + run.offset) // DAY_S - 1  # yesterday's period may run over midnight
        for day in range(first_day, (run.end + run.offset) // DAY_S + 1):
            weekday = (day + _THURSDAY) % 7 + 1
            for period in hours.regular_hours:
                if period.weekday == weekday:
                    begin = day * DAY_S + period.begin * 60 - run.offset
                    found.append((max(begin, run.start), min(begin + period.lasting * 60, run.end)))
    return [(_instant(begin), _instant(end)) for begin, end in found if begin < end]


def _instant(epoch: int) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


def _clipped(intervals: Iterable[Interval], start: datetime, end: datetime) -> list[Interval]:
    clipped = [(max(begin, start), min(until, end)) for begin, until in intervals]
    return [(begin, until) for begin, until in clipped if begin < until]


def _merged(intervals: Iterable[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for begin, end in sorted(intervals):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _without(intervals: list[Interval], closings: Iterable[ExceptionalPeriod]) -> list[Interval]:
    for closing in closings:
        parts = [
            ((begin, min(end, closing.begin)), (max(begin, closing.end), end)) for begin, end in intervals
        ]
        intervals = [part for pair in parts for part in pair if part[0] < part[1]]
    return intervals


def _read_regular(reader: Reader) -> RegularHours:
    return RegularHours(
        weekday=reader.integer("weekday", least=1, most=7, required=True) or 0,
        begin=reader.clock("period_begin", required=True) or 0,
        end=reader.clock("period_end", required=True, until_24=True) or 0,
    )


def _read_exceptional(reader: Reader) -> ExceptionalPeriod:
    begin = reader.instant("period_begin", required=True)
    end = reader.instant("period_end", required=True)
    if begin and end and end <= begin:
        reader.fail("period_end", "invalid", "The end must come after the begin.")
    nowhere = datetime.min.replace(tzinfo=UTC)
    return ExceptionalPeriod(begin or nowhere, end or nowhere)


def _regular_document(period: RegularHours) -> Mapping[str, object]:
    return {
        "weekday": period.weekday,
        "period_begin": clock_text(period.begin),
        "period_end": clock_text(period.end),
    }


def _exceptional_document(period: ExceptionalPeriod) -> Mapping[str, object]:
    return {"period_begin": instant_text(period.begin), "period_end": instant_text(period.end)}
