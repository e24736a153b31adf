"""What does not go as booked: no-shows, stays that end early or late, connectors that fail.

A no-show's connector is free again one slot (the grace) after its start; who leaves early frees the rest; who
stays longer, or a fault, takes the connector from those who booked it next: each slot in which a site has more
cars than connectors costs one of them a quarter of an hour of waiting. Nothing is known before it happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from scheduler_rl.arrays import Bools, Floats, Ints
from scheduler_rl.kernel.days import Days
from scheduler_rl.kernel.occupancy import LONGEST, WIDTH, Occupancy
from scheduler_rl.worlds.behaviour import BEHAVIOUR
from scheduler_rl.worlds.city import DAY_SLOTS, SLOT_HOURS
from scheduler_rl.worlds.deviations import Deviations

GRACE_SLOTS: Final = 1
WAITING_EUR_H: Final = float(np.dot(BEHAVIOUR.share, BEHAVIOUR.waiting_eur_h))
_AHEAD: Final = np.arange(LONGEST)


@dataclass(frozen=True, slots=True)
class Disturbances:
    """How often what happens, and the seed of when: the same for every policy."""

    deviations: Deviations
    seed: int = 6


@dataclass(slots=True)
class _Pending:
    """Changes to come: at `slot` of `lane`, `connectors` are taken (or given back, -1) at `place` for `length`."""

    slot: Ints
    lane: Ints
    place: Ints
    length: Ints
    connectors: Ints

    def append(self, other: _Pending) -> None:
        for name in self.__slots__:
            setattr(self, name, np.concatenate([getattr(self, name), getattr(other, name)]))

    def pick(self, which: Bools | Ints) -> _Pending:
        return _Pending(*(getattr(self, name)[which] for name in self.__slots__))


class Unrest:
    """Disturbances at work on certain days."""

    def __init__(self, days: Days, disturbances: Disturbances) -> None:
        rng = np.random.default_rng([disturbances.seed, len(days), len(days.requests)])
        size = len(days.requests)
        self._no_show = rng.random(size) < disturbances.deviations.no_show
        self._ratio = disturbances.deviations.draw_ratios(rng, size)
        self._pending = _faults(days, disturbances.deviations, rng)
        self.waiting = np.zeros(len(days))

    def booked(self, lane: Ints, request: Ints, place: Ints, length: Ints, *, walk_in: bool) -> None:
        """Foresee what becomes of stays just booked; all (n,)."""
        ratio, start = self._ratio[request], place % WIDTH
        real = np.clip(np.rint(length * ratio), 1, length + LONGEST).astype(np.int64)
        real = np.minimum(real, WIDTH - LONGEST - 1 - start + length)
        absent = self._no_show[request] & (not walk_in)
        used = np.where(absent, np.minimum(GRACE_SLOTS, length), np.minimum(real, length))
        over = np.where(absent, 0, real - length)
        ends = place + length
        back = _Pending(start + used, lane, place + used, length - used, np.full(len(lane), -1))
        more = _Pending(
            start + length, lane, ends, np.minimum(over, LONGEST), np.ones(len(lane), dtype=np.int64)
        )
        self._pending.append(back.pick(length > used))
        self._pending.append(more.pick(over > 0))

    def until(self, occupancy: Occupancy, now: Ints) -> None:
        """Let happen what is due by slot `now` of each lane, (D,)."""
        due = self._pending.slot <= now[self._pending.lane]
        if not due.any():
            return
        happening, self._pending = self._pending.pick(due), self._pending.pick(~due)
        happening = happening.pick(np.argsort(happening.slot, kind="stable"))
        while len(happening.slot):
            _, first = np.unique(happening.lane, return_index=True)
            self._apply(occupancy, happening.pick(first))
            happening = happening.pick(np.delete(np.arange(len(happening.slot)), first))

    def _apply(self, occupancy: Occupancy, one: _Pending) -> None:
        flat = occupancy.rows(one.lane) + one.place
        lacking = np.maximum(-occupancy.window(flat), 0) * (one.length[:, None] > _AHEAD)
        for sign in (1, -1):
            which = one.connectors == sign
            occupancy.take(flat[which], one.length[which], connectors=sign)
        after = np.maximum(-occupancy.window(flat), 0) * (one.length[:, None] > _AHEAD)
        slots: Floats = (after.astype(np.int64) - lacking).sum(axis=1)
        self.waiting[one.lane] += slots * SLOT_HOURS * WAITING_EUR_H


def _faults(days: Days, deviations: Deviations, rng: np.random.Generator) -> _Pending:
    """Failing connectors: some on each day, from one slot on, for at most six hours."""
    chance = np.broadcast_to(deviations.fault * days.sites.capacity, (len(days), len(days.sites)))
    lane, site = np.nonzero(rng.random(chance.shape) < chance)
    slot = rng.integers(DAY_SLOTS, size=len(lane))
    hours = rng.exponential(deviations.fault_hours, len(lane))
    length = np.clip(np.ceil(hours / SLOT_HOURS), 1, LONGEST).astype(np.int64)
    return _Pending(slot, lane, site * WIDTH + slot, length, np.ones(len(lane), dtype=np.int64))
