"""The line of a station: who comes first, and which free slot fits them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from bookings.availability import Offer, Unit, Window, Wish, offer_now, usable_units
from bookings.availability.free import Ask, Free
from bookings.availability.slots import free_for
from bookings.models import WaitlistEntry
from bookings.selectors.let_go import LetGo, let_go_by
from stations.local_time import instant_at

LEAD: Final = timedelta(minutes=10)  # nobody can be there sooner
JUST: Final = timedelta(hours=1)
_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Fit:
    """The first in line for whom something is free, and what."""

    entry: WaitlistEntry
    unit: Unit
    start: datetime
    end: datetime


def line_of(station_id: UUID, now: datetime) -> QuerySet[WaitlistEntry]:
    """Who waits at the station and may be offered something now, the first first."""
    offered = WaitlistEntry.objects.filter(wish=OuterRef("wish"), status=WaitlistEntry.Status.OFFERED)
    awake = Q(not_before=None) | Q(not_before__lte=now)
    waiting = WaitlistEntry.objects.filter(awake, station=station_id, status=WaitlistEntry.Status.WAITING)
    in_time = waiting.filter(latest__gt=now, driver__is_active=True)
    return in_time.exclude(Exists(offered)).select_related("driver", "vehicle").order_by("joined_at", "id")


def first_fit(station_id: UUID, *, now: datetime, but: Collection[UUID] = ()) -> Fit | None:
    """The first in line, `but` for these entries, with their earliest free slot; None where nothing fits anybody.

    Nobody gets what they let go themselves within the last hour, or since they joined the line.
    """
    entries = list(line_of(station_id, now).exclude(pk__in=but))
    offer = offer_now(station_id) if entries else None
    if offer is None or not offer.bookable:
        return None
    let_go = let_go_by({entry.driver_id for entry in entries}, station_id, now)
    for first in range(0, len(entries), _AT_ONCE):
        some = entries[first : first + _AT_ONCE]
        asks = [_ask(offer, entry, now) for entry in some]
        for entry, ask, free in zip(some, asks, free_for(asks, now=now), strict=True):
            if fit := _earliest(entry, ask, free, let_go[entry.driver_id], now):
                return fit
    return None


def _ask(offer: Offer, entry: WaitlistEntry, now: datetime) -> Ask:
    units = usable_units(offer, Wish(entry.connector or None, entry.vehicle))
    if offer.terms is None:
        return Ask(offer, (), 0, 0, 0)
    window = Window(max(entry.earliest, now + LEAD), entry.latest)
    low, high = window.at(offer.zone, offer.terms, now)
    return Ask(offer, units, low, high, entry.duration_minutes * 60)


def _earliest(
    entry: WaitlistEntry, ask: Ask, free: Free, let_go: Sequence[LetGo], now: datetime
) -> Fit | None:
    mask = free.mask.copy()
    since = min(entry.joined_at, now - JUST)
    for one in (one for one in let_go if one.at >= since):
        for row, unit in enumerate(ask.units):
            if unit.id == one.evse_id:
                mask[row] &= (free.starts <= one.begin - ask.duration) | (free.starts >= one.end)
    columns = mask.any(axis=0)
    if not columns.any():
        return None
    place = int(columns.argmax())
    start = instant_at(int(free.starts[place]))
    unit = ask.units[int(mask[:, place].argmax())]
    return Fit(entry, unit, start, start + timedelta(seconds=ask.duration))
