"""Opening hours as people read them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from bookings.presentation.words import site_clock, site_day, site_time
from stations.documents import clock_text
from stations.hours import Hours, opening_state

_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SOON: Final = timedelta(hours=20)


class Opening(NamedTuple):
    """Whether a site is open, in words that say what comes next."""

    is_open: bool
    text: str


class DayHours(NamedTuple):
    """A weekday, or a run of them, and its hours; `today` marks the one that today belongs to."""

    days: str
    hours: str
    today: bool


def opening_now(hours: Hours, zone: ZoneInfo, now: datetime) -> Opening:
    """Open until 22:00; Open 24 h; Closed, opens Mon 23 Nov 07:00."""
    state = opening_state(hours, zone, now)
    if state.changes_at is None:
        return Opening(state.is_open, "Open 24 h" if state.is_open else "Closed")
    when = _soon(state.changes_at, zone, now)
    return Opening(state.is_open, f"Open until {when}" if state.is_open else f"Closed, opens {when}")


def week_of(hours: Hours, zone: ZoneInfo, now: datetime) -> list[DayHours]:
    """The regular hours, neighbouring days with the same ones together; none for a site always open."""
    if hours.twentyfourseven:
        return []
    today = now.astimezone(zone).isoweekday()
    texts: dict[int, list[str]] = defaultdict(list)
    for period in hours.regular_hours:
        texts[period.weekday].append(f"{clock_text(period.begin)}–{clock_text(period.end)}")
    days = [(weekday, ", ".join(sorted(texts[weekday])) or "closed") for weekday in range(1, 8)]
    return [_run([day for day, _ in run], text, today) for text, run in groupby(days, key=lambda one: one[1])]


def exceptions_of(hours: Hours, zone: ZoneInfo, now: datetime) -> list[str]:
    """Exceptional openings and closings of the next 30 days."""
    until = now + timedelta(days=30)
    both = [("Closed", one) for one in hours.exceptional_closings]
    both += [("Open", one) for one in hours.exceptional_openings]
    near = [(what, one) for what, one in both if one.end > now and one.begin < until]
    near.sort(key=lambda pair: pair[1].begin)
    return [f"{what} {site_time(one.begin, zone)} – {site_time(one.end, zone)}" for what, one in near]


def _run(weekdays: list[int], text: str, today: int) -> DayHours:
    first, last = _NAMES[weekdays[0] - 1], _NAMES[weekdays[-1] - 1]
    name = first if len(weekdays) == 1 else "Every day" if len(weekdays) == 7 else f"{first} – {last}"
    return DayHours(name, text, today in weekdays)


def _soon(instant: datetime, zone: ZoneInfo, now: datetime) -> str:
    if instant - now < _SOON:
        return site_clock(instant, zone)
    return f"{site_day(instant, zone)} {site_clock(instant, zone)}"
