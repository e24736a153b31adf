"""Time spread over the hours of the week: what a heat map of use counts."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

HourOfWeek = tuple[int, int]  # ISO weekday 1 (Monday) to 7, hour 0 to 23, both of the site's wall clock


def hours_of_week(intervals: Iterable[tuple[datetime, datetime]], zone: ZoneInfo) -> Counter[HourOfWeek]:
    """Seconds of [start, end) intervals (aware, UTC) that lie in each hour of the week at the site.

    Elapsed time counts: an hour that the clocks repeat holds 7,200 s, one that they skip none.
    """
    seconds: Counter[HourOfWeek] = Counter()
    for start, end in intervals:
        at = start.astimezone(UTC)
        while at < end:
            wall = at.astimezone(zone)
            until = min(end, at + _to_next_hour(wall))
            seconds[wall.isoweekday(), wall.hour] += (until - at) // timedelta(seconds=1)
            at = until
    return seconds


def _to_next_hour(wall: datetime) -> timedelta:
    return timedelta(hours=1) - timedelta(
        minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond
    )
