"""Days and months in a row, so that what nothing happened in is seen too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

MOST_DAYS: Final = 62


def buckets(since: date, before: date) -> list[date]:
    """The days of [since, before), or the firsts of its months where it is longer than two months."""
    return list(_days(since, before) if is_daily(since, before) else months(since, before))


def bucket_of(day: date, since: date, before: date) -> date:
    """The bucket that a day falls in."""
    return day if is_daily(since, before) else day.replace(day=1)


def is_daily(since: date, before: date) -> bool:
    return (before - since).days <= MOST_DAYS


def named(bucket: date, since: date, before: date) -> str:
    """24 Nov 2026, or Nov 2026."""
    return f"{bucket.day} {bucket:%b %Y}" if is_daily(since, before) else f"{bucket:%b %Y}"


def _days(since: date, before: date) -> Iterator[date]:
    for number in range((before - since).days):
        yield since + timedelta(days=number)


def months(since: date, before: date) -> Iterator[date]:
    """The firsts of all months that [since, before) touches."""
    month = since.replace(day=1)
    while month < before:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)
