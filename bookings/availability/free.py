"""Free starts of many sites at once: arithmetic on sorted arrays, no SQL, no clock.

A start s is free on a unit when [s, s + duration) meets no closed span and [s, s + duration + buffer) no
taken one. On the sorted grid the starts that a span rules out are one run of positions, so that a difference
array and one running sum decide all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from bookings.availability.busy import Busy, Ints
from bookings.availability.offer import Offer, Unit
from bookings.terms import AcceptedTerms
from stations.grid import start_epochs
from stations.local_time import instant_at

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ask:
    """Starts in [low, high), epoch seconds, of `duration` seconds on one of these units of a site."""

    offer: Offer
    units: tuple[Unit, ...]
    low: int
    high: int
    duration: int

    @property
    def buffer(self) -> int:
        """Seconds that must stay free after the end."""
        return self.offer.terms.buffer_minutes * 60 if self.offer.terms else 0


@dataclass(frozen=True, slots=True)
class Free:
    """The answer to an Ask: grid starts as epoch seconds, shape (n,), and who is free, shape (units, n)."""

    starts: Ints
    mask: Mask

    @property
    def is_open(self) -> list[bool]:
        """For each start whether at least one unit is free."""
        found: list[bool] = np.logical_or.reduce(self.mask, axis=0).tolist()
        return found


def free_starts(asks: Sequence[Ask], busy: Busy) -> list[Free]:
    """One Free per Ask; `busy` counts the units of all asks one after another."""
    first_unit = list(accumulate((len(ask.units) for ask in asks), initial=0))
    found = [_nothing(ask) for ask in asks]
    for (zone, increment, low, high), members in _by_grid(asks).items():
        starts = start_epochs(zone, increment, instant_at(low), instant_at(high))
        grid = _Grid(starts, [asks[i] for i in members], [first_unit[i] for i in members])
        for i, free in zip(members, grid.solve(busy, first_unit[-1]), strict=True):
            found[i] = free
    return found


def allows(terms: AcceptedTerms, duration: int) -> bool:
    """Whether the terms allow a booking of that many seconds."""
    minutes, rest = divmod(duration, 60)
    within = terms.min_booking_duration <= minutes <= terms.max_booking_duration
    return within and not rest and minutes % terms.timeslot_increment_minutes == 0


def _nothing(ask: Ask) -> Free:
    return Free(np.empty(0, dtype=np.int64), np.empty((len(ask.units), 0), dtype=np.bool_))


def _by_grid(asks: Sequence[Ask]) -> dict[tuple[ZoneInfo, int, int, int], list[int]]:
    groups: dict[tuple[ZoneInfo, int, int, int], list[int]] = defaultdict(list)
    for i, ask in enumerate(asks):
        terms = ask.offer.terms
        if ask.units and terms is not None and ask.low < ask.high and allows(terms, ask.duration):
            groups[ask.offer.zone, terms.timeslot_increment_minutes, ask.low, ask.high].append(i)
    return groups


class _Grid:
    """Asks that share their grid starts; rows are their units, one after another."""

    def __init__(self, starts: Ints, asks: Sequence[Ask], offsets: Sequence[int]) -> None:
        self.starts = starts
        self.asks = asks
        self.offsets = offsets
        self.first_row = list(accumulate((len(ask.units) for ask in asks), initial=0))

    def solve(self, busy: Busy, unit_count: int) -> Iterator[Free]:
        width, rows = len(self.starts), self.first_row[-1]
        row, begin, end = self._spans(busy, unit_count)
        low = np.searchsorted(self.starts, begin, "right")
        high = np.maximum(np.searchsorted(self.starts, end, "left"), low)
        cells = rows * (width + 1)
        edges = np.bincount(row * (width + 1) + low, minlength=cells)
        edges -= np.bincount(row * (width + 1) + high, minlength=cells)
        free = np.cumsum(edges.reshape(rows, width + 1)[:, :width], axis=1) == 0
        for ask, top in zip(self.asks, self.first_row, strict=False):
            yield Free(self.starts, free[top : top + len(ask.units)])

    def _spans(self, busy: Busy, unit_count: int) -> tuple[Ints, Ints, Ints]:
        """Rows and the open intervals of starts that each span rules out."""
        row_of = np.full(unit_count, -1, dtype=np.int64)
        reach_of = np.zeros(unit_count, dtype=np.int64)
        for ask, top, offset in zip(self.asks, self.first_row, self.offsets, strict=False):
            row_of[offset : offset + len(ask.units)] = np.arange(top, top + len(ask.units))
            reach_of[offset : offset + len(ask.units)] = ask.duration + ask.buffer
        mine = row_of[busy.unit] >= 0
        unit = busy.unit[mine]
        closed = np.array(list(self._closed()), dtype=np.int64).reshape(-1, 3).T
        return (
            np.concatenate((row_of[unit], closed[0])),
            np.concatenate((busy.begin[mine] - reach_of[unit], closed[1])),
            np.concatenate((busy.end[mine], closed[2])),
        )

    def _closed(self) -> Iterator[tuple[int, int, int]]:
        """(row, begin, end) of opening hours and closures; only what is charging counts, not the buffer."""
        for ask, top in zip(self.asks, self.first_row, strict=False):
            until, lasting = ask.high + ask.duration, ask.duration
            for begin, end in ask.offer.calendar.gaps(ask.low, until):
                if begin < until and end > ask.low:
                    yield from ((row, begin - lasting, end) for row in range(top, top + len(ask.units)))
            for closure in ask.offer.closures:
                for row, unit in enumerate(ask.units, start=top):
                    if closure.unit_id in {None, unit.id}:
                        yield row, closure.begin - lasting, closure.end
