"""How many starts are free on each of seven days, for the tabs above a picker."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np

from bookings.availability import Offer, Window, Wish, free_slots
from stations.local_time import epoch_seconds, local_midnight

DAYS: Final = 7


def free_days(
    offer: Offer,
    *,
    first_day: date,
    duration: timedelta,
    wish: Wish,
    now: datetime,
    ignoring: UUID | None = None,
) -> list[int]:
    """Starts free on any unit on each of the seven days of the site from `first_day` on; one query."""
    days = [first_day + timedelta(days=number) for number in range(DAYS + 1)]
    [found] = free_slots(
        [offer],
        window=Window(days[0], days[-1]),
        wish=wish,
        now=now,
        duration=duration,
        ignoring=ignoring,
    )
    edges = [epoch_seconds(local_midnight(offer.zone, day)) for day in days]
    counts: list[int] = np.diff(np.searchsorted(found.starts, edges)).tolist()
    return counts
