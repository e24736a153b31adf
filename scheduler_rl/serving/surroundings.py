"""The sites around a request as they are booked now: what Occupancy and Sites are to a simulated day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from scheduler_rl.arrays import Bools, Floats, Ints
from scheduler_rl.worlds.files import EARTH_M

QUARTER_S: Final = 900


class Taken(NamedTuple):
    """Spans in which one connector of a site is taken: site, begin, end; epoch seconds, buffers included; (n,)."""

    site: Ints
    begin: Ints
    end: Ints


@dataclass(frozen=True, slots=True)
class Surroundings:
    """S sites over T slots of 15 minutes, the first of which is slot `first`; slots count from a midnight.

    xy: metres, (S, 2); capacity, dc: (S,); free: (S, T) connectors; bids: (S, T), what one is worth to others, EUR
    per slot, the network's `bid_factor` included; demand: requests expected of a day, by hour, (24,).
    """

    xy: Floats
    capacity: Ints
    dc: Bools
    first: int
    free: Floats
    bids: Floats
    demand: Floats

    @property
    def share(self) -> Floats:
        """Share of all connectors free, summed up to each slot, (T + 1,)."""
        free = np.maximum(self.free, 0).sum(axis=0) / self.capacity.sum()
        return np.concatenate([np.zeros(1), np.cumsum(free)])


def free_slots(capacity: Ints, taken: Taken, *, begin: int, slots: int) -> Floats:
    """Connectors free in `slots` quarter hours from `begin` (quarter hours of the epoch) on, (S, slots)."""
    low = np.clip(taken.begin // QUARTER_S - begin, 0, slots)
    high = np.clip(-(-taken.end // QUARTER_S) - begin, 0, slots)
    width = slots + 1
    cells = len(capacity) * width
    edges = np.bincount(taken.site * width + low, minlength=cells)
    edges = edges - np.bincount(taken.site * width + high, minlength=cells)
    return np.asarray(capacity[:, None] - np.cumsum(edges.reshape(-1, width), axis=1)[:, :slots], dtype=float)


def by_slot(of_kinds: Floats, first_day_of_week: int, first: int, slots: int) -> Floats:
    """Figures of weekdays and weekend days, (2, S, >= 96), in `slots` slots from `first` on, (S, slots).

    Slot 0 is midnight of a day whose weekday is `first_day_of_week`, 0 for Monday.
    """
    slot = first + np.arange(slots)
    kind = ((first_day_of_week + slot // 96) % 7 >= 5).astype(np.int64)
    return np.asarray(of_kinds[kind, :, slot % 96].T)


def flat(places: Sequence[tuple[float, float]]) -> Floats:
    """Degrees of latitude and longitude as metres around their middle, (S, 2)."""
    degrees = np.array(places, dtype=np.float64).reshape(-1, 2)
    narrowing = np.cos(np.radians(degrees[:, 0].mean())) if len(degrees) else 1.0
    metres = EARTH_M * np.pi / 180
    return np.stack([degrees[:, 1] * metres * narrowing, degrees[:, 0] * metres], axis=1)
