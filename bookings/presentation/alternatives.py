"""The nearest free slots in place of a taken one, as buttons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from bookings.forms.slot import SlotValue
from bookings.presentation.words import site_day, site_range
from bookings.selectors.preview import SlotAsked
from evbooking.core.money import Money


class OtherSlot(NamedTuple):
    """A slot to take instead; `minutes` and `value` are what its button sends to the page of `slug`."""

    slug: str
    station: str
    day: str
    time: str
    price: Money
    value: str
    minutes: int
    same_station: bool


def other_slots(
    alternatives: Iterable[dict[str, Any]], asked: SlotAsked, *, slug: str, zone: ZoneInfo
) -> list[OtherSlot]:
    """The alternatives of a SlotTaken, at the clock of the site that was asked for."""
    return [_other(one, asked, slug, zone) for one in alternatives]


def _other(one: dict[str, Any], asked: SlotAsked, slug: str, zone: ZoneInfo) -> OtherSlot:
    start, end = datetime.fromisoformat(one["start"]), datetime.fromisoformat(one["end"])
    return OtherSlot(
        slug=one["station_slug"],
        station=one["station_name"],
        day=site_day(start, zone),
        time=site_range(start, end, zone),
        price=Money.from_json(one["quote"]),
        value=str(SlotValue(start, asked.connector or "", one["evse_uid"])),
        minutes=int(asked.lasting.total_seconds()) // 60,
        same_station=one["station_slug"] == slug,
    )
