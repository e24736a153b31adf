"""Small words: how long, how much, until when."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

_MINUTE = timedelta(minutes=1)


def lasting(time: timedelta) -> str:
    """1 h 15 min, 45 min, 2 days."""
    minutes = time // _MINUTE
    if minutes >= 48 * 60 and not minutes % 1440:
        return f"{minutes // 1440} days"
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    return " ".join([*parts, f"{rest} min"] if rest or not hours else parts)


def minutes(number: int) -> str:
    """`lasting` of whole minutes."""
    return lasting(number * _MINUTE)


def plain(number: Decimal) -> str:
    """A decimal without trailing zeros, at most one decimal place: 42.5, 11."""
    return f"{round(number, 1).normalize():f}"


def site_day(instant: datetime, zone: ZoneInfo) -> str:
    """Tue 24 Nov, on the site's calendar."""
    wall = instant.astimezone(zone)
    return f"{wall:%a} {wall.day} {wall:%b}"


def site_clock(instant: datetime, zone: ZoneInfo) -> str:
    """14:00 on the site's clock; with the name of the offset in an hour that comes twice."""
    wall = instant.astimezone(zone)
    twice = wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()
    return f"{wall:%H:%M} {wall.tzname()}" if twice else f"{wall:%H:%M}"


def site_time(instant: datetime, zone: ZoneInfo) -> str:
    """Tue 24 Nov 14:00."""
    return f"{site_day(instant, zone)} {site_clock(instant, zone)}"


def site_range(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """14:00–15:15; the end names its day where that is another one."""
    until = site_clock(end, zone)
    if start.astimezone(zone).date() != end.astimezone(zone).date():
        until = site_time(end, zone)
    return f"{site_clock(start, zone)}–{until}"


def zone_name(zone: ZoneInfo) -> str:
    """Europe/Berlin as people read it: Berlin time."""
    return f"{zone.key.rsplit('/', 1)[-1].replace('_', ' ')} time"
