"""Small words: how long, how much, until when."""

from datetime import timedelta
from decimal import Decimal

from evbooking.core import when

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


def percent_sure(chance: float | None) -> int | None:
    """Whole percent, at most 99: nobody knows the future; None where nobody knows anything."""
    return None if chance is None else min(round(chance * 100), 99)


site_day = when.day
site_clock = when.clock
site_time = when.time
site_range = when.span
zone_name = when.zone_name
