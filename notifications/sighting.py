"""When what comes free is worth a message: the edge from none to some, and not its trembling. Pure."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

STAYS: Final = timedelta(minutes=1)  # so long it has to stay free before anybody is told
RESTS: Final = timedelta(minutes=10)  # so long there has to be none again before the next time


class Sight(NamedTuple):
    """What was last seen: whether the next edge counts, since when something is free, since when nothing is."""

    armed: bool
    free_since: datetime | None
    none_since: datetime | None


def first_sight(free: bool, now: datetime) -> Sight:
    """At the beginning: what is free already is no news, and has to be gone for a while before it is."""
    return Sight(not free, now if free else None, None if free else now)


def look(before: Sight, free: bool, now: datetime) -> tuple[Sight, bool]:
    """What is seen now, and whether it is told: once for each edge, which disarms until none was free for RESTS."""
    if not free:
        return Sight(before.armed, None, before.none_since or now), False
    rested = before.none_since is not None and now - before.none_since >= RESTS
    armed, since = before.armed or rested, before.free_since or now
    told = armed and now - since >= STAYS
    return Sight(armed and not told, since, None), told
