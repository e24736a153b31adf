"""Asking the forecaster for all slots of an answer at once; one that fails has no opinion, and is counted."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
from prometheus_client import Counter

from bookings.ports import Floats, SlotsAsked, WalkInSite, forecaster

logger = logging.getLogger(__name__)

FAILURES: Final = Counter("evb_forecast_failures_total", "Answers that no forecast could be given for")


def chances_of(asked: Sequence[SlotsAsked], now: datetime) -> list[Floats | None]:
    """P(one of the EVSEs that are free by the book really is) by start, to three places; None: nobody knows."""
    nobody_knows: list[Floats | None] = [None] * len(asked)
    if not asked:
        return nobody_knows
    try:
        found = forecaster().chances(asked, now)
        if found is None:
            return nobody_knows
        return [_checked(chances, len(one.starts)) for chances, one in zip(found, asked, strict=True)]
    except Exception:
        logger.exception("The availability forecaster failed")
        FAILURES.inc()
        return nobody_knows


def _checked(chances: Floats, count: int) -> Floats:
    if chances.shape != (count,) or not bool(np.all((chances >= 0) & (chances <= 1))):
        raise ValueError("no chances between 0 and 1, one for each start")
    return np.round(chances, 3)


def walk_in_chances(site: WalkInSite, minutes: Sequence[int], now: datetime) -> list[float]:
    """P(one of the site's EVSEs is free for who comes without a booking) so many minutes from now; empty: nobody
    knows.
    """
    try:
        found = forecaster().walk_in(site, minutes, now) if site.evse_ids else None
        return [] if found is None else _checked(found, len(minutes)).tolist()
    except Exception:
        logger.exception("The availability forecaster failed")
        FAILURES.inc()
        return []
