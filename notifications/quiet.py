"""When a message may arrive: quiet hours and the hour of the digest, on the recipient's own clock. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

DIGEST_AT = time(8)


def after_quiet(now: datetime, zone: ZoneInfo, start: time | None, end: time | None) -> datetime:
    """`now`, or the end of the quiet hours [start, end) it lies in; they may run over midnight, None means none."""
    if start is None or end is None or start == end:
        return now
    local = now.astimezone(zone)
    clock = local.timetz().replace(tzinfo=None)
    over_midnight = start > end
    inside = clock >= start or clock < end if over_midnight else start <= clock < end
    if not inside:
        return now
    tomorrow = over_midnight and clock >= start
    over = _at(local, end, days=1 if tomorrow else 0)
    if over > now:
        return over
    return _at(local, end, days=0, fold=1)  # the clock shows the end for a second time


def next_digest(now: datetime, zone: ZoneInfo) -> datetime:
    """The next DIGEST_AT of the zone, after now."""
    local = now.astimezone(zone)
    today = _at(local, DIGEST_AT, days=0)
    return today if today > now else _at(local, DIGEST_AT, days=1)


def _at(local: datetime, clock: time, *, days: int, fold: int = 0) -> datetime:
    day = local.date() + timedelta(days=days)
    return datetime.combine(day, clock.replace(fold=fold), local.tzinfo).astimezone(ZoneInfo("UTC"))
