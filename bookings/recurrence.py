"""Recurring slots: a subset of RFC 5545's RRULE, expanded on the wall clock of a site. Pure.

FREQ=DAILY or WEEKLY, INTERVAL, BYDAY, and COUNT or UNTIL; weeks begin on Monday. Each occurrence is at the same wall
time as the first, whatever the offset from UTC. A wall time that the clocks skip is no occurrence, and COUNT does not
count it (RFC 5545, 3.3.10); one that comes twice is the first of the two (3.3.5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from evbooking.core.errors import Invalid

MOST: Final = 52
DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MOST_INTERVAL: Final = 52
_MOST_TEXT: Final = 200
_FARTHEST: Final = timedelta(
    days=3 * 366
)  # a rule that finds 52 days finds them by then, or is no habit of anybody
_UNTIL: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z)?")
_WHOLE: Final = re.compile(r"[1-9]\d{0,3}")

Frequency = Literal["DAILY", "WEEKLY"]


@dataclass(frozen=True, slots=True)
class Rule:
    """How a slot repeats. `days` are weekdays (Monday is 0), empty: that of the first, or every day.

    One of `count` and `until` is set; `until` is the last day at the site, or the last instant.
    """

    frequency: Frequency
    interval: int = 1
    days: frozenset[int] = frozenset()
    count: int | None = None
    until: date | datetime | None = None

    def __str__(self) -> str:
        """The RRULE's value in one form: FREQ=WEEKLY;BYDAY=TU;COUNT=4."""
        parts = [f"FREQ={self.frequency}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.days:
            parts.append("BYDAY=" + ",".join(DAYS[day] for day in sorted(self.days)))
        parts.append(f"COUNT={self.count}" if self.count else f"UNTIL={_until_text(self.until)}")
        return ";".join(parts)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """`wall` is the site's clock, naive; `start` the instant, None where the clocks skip that time."""

    wall: datetime
    start: datetime | None


def parse_rule(text: str) -> Rule:
    """Reads an RRULE's value. Raises Invalid at `rrule`, whose detail names the part that cannot be had."""
    parts = _parts(text)
    rule = Rule(
        frequency=_frequency(parts.pop("FREQ", "")),
        interval=_number("INTERVAL", parts.pop("INTERVAL", "1"), _MOST_INTERVAL),
        days=frozenset(_days(parts.pop("BYDAY"))) if "BYDAY" in parts else frozenset(),
        count=_number("COUNT", parts.pop("COUNT"), MOST) if "COUNT" in parts else None,
        until=_until(parts.pop("UNTIL")) if "UNTIL" in parts else None,
    )
    if parts:
        raise _refused(f"{min(parts)} is not supported: use FREQ, INTERVAL, BYDAY, COUNT and UNTIL.")
    if (rule.count is None) == (rule.until is None):
        raise _refused("Say how it ends: by COUNT or by UNTIL, not both.")
    return rule


def expand(rule: Rule, first: datetime, zone: ZoneInfo) -> list[Occurrence]:
    """The occurrences from `first` on (the site's wall clock, naive), skipped ones among them, at most MOST.

    As in iCalendar the first is one of them where the rule meets it. Raises Invalid at `rrule` for more or none.
    """
    found: list[Occurrence] = []
    held = 0
    for wall in _walls(rule, first):
        start = at_site(wall, zone)
        if _is_over(rule, wall, start) or held == rule.count:
            break
        found.append(Occurrence(wall, start))
        held += start is not None
        if held > MOST:
            raise _refused(f"These are more than {MOST} dates: choose an earlier end (UNTIL).")
    if not held:
        raise _refused("This rule meets no date.")
    return found


def at_site(wall: datetime, zone: ZoneInfo) -> datetime | None:
    """The UTC instant of a wall time, of two the first; None where the clocks skip it."""
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return instant if instant.astimezone(zone).replace(tzinfo=None, fold=0) == wall else None


def _walls(rule: Rule, first: datetime) -> Iterator[datetime]:
    """Wall times by the rule without its end."""
    days = rule.days or (frozenset({first.weekday()}) if rule.frequency == "WEEKLY" else frozenset(range(7)))
    monday = first - timedelta(days=first.weekday())
    for ahead in range(_FARTHEST.days):
        wall = first + timedelta(days=ahead)
        steps = (wall - monday).days // 7 if rule.frequency == "WEEKLY" else ahead
        if steps % rule.interval == 0 and wall.weekday() in days:
            yield wall


def _is_over(rule: Rule, wall: datetime, start: datetime | None) -> bool:
    if isinstance(rule.until, datetime):
        return start is not None and start > rule.until
    return rule.until is not None and wall.date() > rule.until


def _parts(text: str) -> dict[str, str]:
    if len(text) > _MOST_TEXT:
        raise _refused("A rule is shorter.")
    parts: dict[str, str] = {}
    for part in text.strip().removeprefix("RRULE:").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not name.isidentifier():
            raise _refused("A rule looks like FREQ=WEEKLY;BYDAY=TU;COUNT=4.")
        if name.upper() in parts:
            raise _refused(f"{name.upper()} stands there twice.")
        parts[name.upper()] = value.upper()
    return parts


def _frequency(value: str) -> Frequency:
    if value == "DAILY":
        return "DAILY"
    if value == "WEEKLY":
        return "WEEKLY"
    raise _refused("FREQ must be DAILY or WEEKLY.")


def _number(name: str, value: str, most: int) -> int:
    if not _WHOLE.fullmatch(value) or int(value) > most:
        raise _refused(f"{name} must be a number from 1 to {most}.")
    return int(value)


def _days(value: str) -> Iterator[int]:
    for day in value.split(","):
        if day not in DAYS:
            raise _refused("BYDAY must be weekdays such as MO,WE, without numbers.")
        yield DAYS.index(day)


def _until(value: str) -> date | datetime:
    match = _UNTIL.fullmatch(value)
    try:
        if match is None:
            raise ValueError(value)
        year, month, day, *clock = (None if part is None else int(part) for part in match.groups())
        if clock[0] is None:
            return date(year or 0, month or 0, day or 0)
        return datetime(year or 0, month or 0, day or 0, clock[0], clock[1] or 0, clock[2] or 0, tzinfo=UTC)
    except ValueError:
        raise _refused(
            "UNTIL must be a day such as 20261231, or an instant such as 20261231T230000Z."
        ) from None


def _until_text(until: date | datetime | None) -> str:
    if isinstance(until, datetime):
        return f"{until:%Y%m%dT%H%M%SZ}"
    return f"{until:%Y%m%d}"


def _refused(detail: str) -> Invalid:
    return Invalid.one("rrule", "invalid", detail)
