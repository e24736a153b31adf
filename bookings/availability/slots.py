"""Free slots of many stations: one scan of the bookings whatever their number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import compress
from uuid import UUID

import numpy as np

from bookings.availability.busy import Busy, busy_spans
from bookings.availability.free import Ask, Free, free_starts
from bookings.availability.offer import Offer, Unit
from bookings.availability.window import Window, usual_duration
from bookings.availability.wishes import Wish, usable_units
from stations.local_time import instant_at


@dataclass(frozen=True, slots=True)
class FreeSlots:
    """The free starts of a station for one duration; rows of `free.mask` are `units`, in the order of use."""

    offer: Offer
    units: tuple[Unit, ...]
    duration: timedelta
    free: Free

    @property
    def increment(self) -> int:
        """Minutes between grid starts; 15, the default of terms, where there are no terms."""
        return self.offer.terms.timeslot_increment_minutes if self.offer.terms else 15

    @property
    def starts(self) -> list[int]:
        """Epoch seconds of the starts at which at least one unit is free."""
        return list(compress(self.free.starts.tolist(), self.free.is_open))

    def first_unit(self, start: int) -> int:
        """The row of the unit that a booking without evse_uid takes at a free start."""
        position = int(np.searchsorted(self.free.starts, start))
        return int(self.free.mask[:, position].argmax())


class Availability:
    """Free slots of some stations in a window, in two steps: what is taken first, the starts when asked for.

    The first step is one SQL query, and its `fingerprint` names everything that bookings change in the
    second, so that a validator can be made before any start is computed.
    """

    def __init__(
        self,
        offers: Sequence[Offer],
        *,
        window: Window,
        wish: Wish,
        now: datetime,
        duration: timedelta | None = None,
        ignoring: UUID | None = None,
    ) -> None:
        self.now = now
        self.asks = [_ask(offer, window, wish, duration, now) for offer in offers]
        self.busy = _taken(self.asks, now, ignoring)

    @property
    def fingerprint(self) -> bytes:
        """Changes with what is taken, and with each minute: starts pass, and the horizon moves."""
        return self.busy.fingerprint + minute_key(self.now)

    def free_slots(self) -> list[FreeSlots]:
        """One FreeSlots per station, in the order they were given."""
        found = free_starts(self.asks, self.busy)
        return [
            FreeSlots(ask.offer, ask.units, timedelta(seconds=ask.duration), free)
            for ask, free in zip(self.asks, found, strict=True)
        ]


def free_slots(
    offers: Sequence[Offer],
    *,
    window: Window,
    wish: Wish,
    now: datetime,
    duration: timedelta | None = None,
    ignoring: UUID | None = None,
) -> list[FreeSlots]:
    """One FreeSlots per station: every start can be booked as it stands at `now`.

    `duration` None means each station's usual one; `ignoring` is a booking about to move, its time is free.
    """
    return Availability(
        offers, window=window, wish=wish, now=now, duration=duration, ignoring=ignoring
    ).free_slots()


def free_for(asks: Sequence[Ask], *, now: datetime, ignoring: UUID | None = None) -> list[Free]:
    """One Free per Ask, with one scan for all; for asks whose durations or units differ within a station."""
    return free_starts(asks, _taken(asks, now, ignoring))


def minute_key(now: datetime) -> bytes:
    """Differs between two instants that a whole minute separates: what grid starts see of the clock."""
    on_the_minute = not now.second and not now.microsecond
    return f"{now:%Y%m%d%H%M}{on_the_minute:d}".encode()


def _ask(offer: Offer, window: Window, wish: Wish, duration: timedelta | None, now: datetime) -> Ask:
    units = usable_units(offer, wish)
    if not units or offer.terms is None:
        return Ask(offer, (), 0, 0, 0)
    lasting = usual_duration(offer.terms) if duration is None else duration
    low, high = window.at(offer.zone, offer.terms, now)
    return Ask(offer, units, low, high, int(lasting.total_seconds()))


def _taken(asks: Sequence[Ask], now: datetime, ignoring: UUID | None) -> Busy:
    """Positions count the units of all asks one after another, as `free_starts` takes them."""
    unit_ids = [unit.id for ask in asks for unit in ask.units]
    spans = [(ask.low, ask.high + ask.duration + ask.buffer) for ask in asks if ask.units]
    low, high = min((low for low, _ in spans), default=0), max((high for _, high in spans), default=0)
    return busy_spans(unit_ids, instant_at(low), instant_at(high), now=now, ignoring=ignoring)
