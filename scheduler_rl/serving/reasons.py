"""Why a slot stands where it stands, in words and EUR."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bookings.ports import Ranked
from bookings.ranking.rankers import lasting

_CENT = 0.005
_MINUTE = timedelta(minutes=1)


def with_reasons(ranked: Sequence[Ranked], least: Ranked, zones: Sequence[ZoneInfo]) -> list[Ranked]:
    """Each reason goes on with what the slot takes from others; `least` is what costs its driver least."""
    return [
        replace(one, reason=f"{one.reason} {_sentence(one, least, zone)}".rstrip())
        for one, zone in zip(ranked, zones, strict=True)
    ]


def _sentence(one: Ranked, least: Ranked, zone: ZoneInfo) -> str:
    if one.others + _CENT < least.others and one.total <= least.total:
        worth = f"is worth {least.others - one.others:.2f} EUR more to others"
        return f"{_instead(one, least)} {_hours(least, zone)} {_there(one, least)} {worth}, {_yours(one, least)}."
    if one.others > _CENT:
        return f"This time is worth {one.others:.2f} EUR to others."
    return ""


def _instead(one: Ranked, least: Ranked) -> str:
    minutes = round((one.candidate.start - least.candidate.start) / _MINUTE)
    if not minutes:
        return "Instead:"
    return f"{lasting(abs(minutes))} {'later' if minutes > 0 else 'earlier'}:"


def _there(one: Ranked, least: Ranked) -> str:
    same = one.candidate.station_id == least.candidate.station_id
    return "here" if same else f"at {least.candidate.station_name}"


def _yours(one: Ranked, least: Ranked) -> str:
    """What the driver pays less for the charge, or else what the change costs them in all."""
    saved = float(least.candidate.price.amount - one.candidate.price.amount)
    if saved > _CENT:
        return f"you save {saved:.2f}"
    more = one.score - least.score
    return f"it costs you {more:.2f} more, your time included" if more > _CENT else "it costs you no more"


def _hours(one: Ranked, zone: ZoneInfo) -> str:
    return f"{_clock(one.candidate.start, zone)}\N{EN DASH}{_clock(one.candidate.end, zone)}"


def _clock(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%H:%M")
