"""The best slots for a driver, as buttons with their reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bookings.forms.slot import SlotValue
from bookings.ports import Ranked
from bookings.presentation.words import site_clock, site_day
from bookings.ranking.candidates import Candidate
from evbooking.core.money import Money


class BestSlot(NamedTuple):
    """A recommended slot: where its button leads and what it sends, what it is, and why."""

    slug: str
    value: str
    minutes: int
    station: str
    here: bool
    day: str
    time: str
    price: Money
    reason: str


def best_slots(ranked: Sequence[Ranked], *, slug: str, zone: ZoneInfo) -> list[BestSlot]:
    """In the ranker's order, at the clock of the station whose page it is (`slug`)."""
    return [_best(one.candidate, one.reason, slug, zone) for one in ranked]


def _best(one: Candidate, reason: str, slug: str, zone: ZoneInfo) -> BestSlot:
    return BestSlot(
        slug=one.station_slug,
        value=str(SlotValue(one.start, "", one.evse_uid)),
        minutes=int((one.end - one.start).total_seconds()) // 60,
        station=one.station_name,
        here=one.station_slug == slug,
        day=site_day(one.start, zone),
        time=f"{site_clock(one.start, zone)}–{site_clock(one.end, zone)}",
        price=one.price,
        reason=reason[0].upper() + reason[1:],
    )
