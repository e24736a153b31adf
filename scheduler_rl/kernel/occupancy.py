"""What is free, for many days side by side: one byte per lane, site and slot.

A lane is one simulated day. Connectors of a site are alike, so a stay fits when in each of its slots at least one
is free; by the interval graph theorem the stays can then be given whole connectors (`connectors_of`).

A byte counts the connectors that would be left after one more stay, so that its sign bit says "full". A stay is
looked at as one item of 24 bytes: reading, testing and taking it costs about 15 ns each.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from scheduler_rl.arrays import Bools, Ints, Small
from scheduler_rl.worlds.city import HORIZON_SLOTS, MOST_CONNECTORS, Sites

LONGEST: Final = 24  # slots of a stay: 6 h
WIDTH: Final = HORIZON_SLOTS + LONGEST  # of a row, so that a look ahead never leaves it
_ITEM: Final = f"V{LONGEST}"
_WITHIN: Final = np.tri(LONGEST + 1, LONGEST, -1, dtype=np.int8)  # row n: n ones, then zeros
_SIGNS: Final = (_WITHIN.view(np.uint8) * 0x80).view(np.uint64)


class Occupancy:
    """Connectors to spare in every lane; `row` is where a lane begins, `row + place` a site and slot in it.

    place = site x WIDTH + slot. Lanes are independent; one call changes a lane at most once.
    """

    def __init__(self, spare: Small, sites: int) -> None:
        self.spare = spare
        self.width = sites * WIDTH
        self.last = len(spare) - LONGEST  # the last place a stay can begin at
        self._stays = np.ndarray((len(spare) - LONGEST + 1,), dtype=_ITEM, buffer=spare.data, strides=(1,))

    @classmethod
    def empty(cls, sites: Sites, lanes: int) -> Occupancy:
        """Nobody there yet. Raises ValueError for more connectors of a site than a byte counts."""
        if sites.capacity.max(initial=0) > MOST_CONNECTORS:
            raise ValueError(f"a site of {sites.capacity.max()} connectors, {MOST_CONNECTORS} are the most")
        return cls(np.tile(np.repeat((sites.capacity - 1).astype(np.int8), WIDTH), lanes), len(sites))

    def copies(self, lanes: Ints, times: int) -> Occupancy:
        """Each of `lanes` `times` over, one after another."""
        rows = self.spare.reshape(-1, self.width)[lanes]
        return Occupancy(np.repeat(rows, times, axis=0).reshape(-1), self.width // WIDTH)

    def rows(self, lanes: Ints) -> Ints:
        return lanes * self.width

    def fits(self, place: Ints, length: Ints) -> Bools:
        """Whether a stay of `length` slots finds a connector in each of them; row included, shape (n,)."""
        words = self._stays[place].view(np.uint64).reshape(-1, LONGEST // 8)
        words &= _SIGNS.take(length, axis=0)
        return np.asarray((words[:, 0] | words[:, 1] | words[:, 2]) == 0)

    def take(self, place: Ints, length: Ints, *, connectors: int = 1) -> None:
        """Take a connector (negative: give it back) for `length` slots; row included, shape (n,)."""
        counts = self._stays[place].view(np.int8).reshape(-1, LONGEST)
        counts -= connectors * _WITHIN.take(length, axis=0)
        self._stays[place] = counts.reshape(-1).view(_ITEM)

    def window(self, place: Ints) -> Small:
        """Free connectors in the 24 slots from `place`, shape (n, 24)."""
        return self._stays[place].view(np.int8).reshape(-1, LONGEST) + np.int8(1)

    def free(self, lanes: Ints) -> Small:
        """Free connectors, shape (len(lanes), S, WIDTH)."""
        return self.spare.reshape(-1, self.width // WIDTH, WIDTH)[lanes] + np.int8(1)


def connectors_of(starts: Ints, ends: Ints, capacity: int) -> Ints:
    """A connector 0..capacity - 1 for each stay of one site such that none serves two at once.

    Raises ValueError when more than `capacity` overlap.
    """
    until = np.full(capacity, -1)
    given = np.zeros(len(starts), dtype=np.int64)
    for position in np.argsort(starts, kind="stable"):
        free = np.flatnonzero(until <= starts[position])
        if not len(free):
            raise ValueError("more stays at once than connectors")
        given[position] = free[0]
        until[free[0]] = ends[position]
    return given
