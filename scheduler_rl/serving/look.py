"""What the network sees of a live request: the same figures as in a simulated day (tested against it)."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from scheduler_rl.arrays import Bools, Floats, Ints
from scheduler_rl.kernel.occupancy import LONGEST
from scheduler_rl.policies.features import Observation, observe
from scheduler_rl.policies.seen import GAP, LOOKS_AHEAD_H, NEIGHBOURS, Candidates, Request
from scheduler_rl.policies.shortlist import CANDIDATES
from scheduler_rl.serving.surroundings import Surroundings
from scheduler_rl.worlds.behaviour import BEHAVIOUR
from scheduler_rl.worlds.city import SLOT_HOURS

_AHEAD: Final = np.arange(LONGEST)


class Asked(NamedTuple):
    """A request in the units of policies.seen.Request; slots from the midnight before the wished start."""

    ask: float
    wish: int
    window_h: float
    waiting: float
    refusal: float
    energy: float
    takes_dc: bool
    weekend: bool


class Options(NamedTuple):
    """What can be had, all (n,): site (index into Surroundings), start, length: slots; cost, travel, waiting: EUR."""

    site: Ints
    start: Ints
    length: Ints
    cost: Floats
    travel: Floats
    waiting: Floats

    def pick(self, which: Ints) -> Options:
        return Options(
            self.site[which],
            self.start[which],
            self.length[which],
            self.cost[which],
            self.travel[which],
            self.waiting[which],
        )


def bids_of(options: Options, around: Surroundings) -> Floats:
    """What each option takes from others by the shadow prices, EUR, (n,)."""
    upto = np.concatenate([np.zeros((len(around.bids), 1)), np.cumsum(around.bids, axis=1)], axis=1)
    begin = options.start - around.first
    return np.asarray(upto[options.site, begin + options.length] - upto[options.site, begin])


def first_ones(options: Options, around: Surroundings) -> Ints:
    """The at most 12 options that a network chooses from: the least by cost plus shadow price.

    The one that costs its driver least is always among them, so that what is put before it can be explained.
    """
    order = np.argsort(options.cost + bids_of(options, around), kind="stable")[:CANDIDATES]
    least = int(options.cost.argmin())
    return order if least in order else np.append(order[:-1], least)


def look(asked: Asked, options: Options, around: Surroundings) -> Observation:
    """At one request and its options, at most 12 of them; one row each and the refusal's."""
    share = around.share
    return observe(_request(asked, around, share), _candidates(options, around, share))


def _request(asked: Asked, around: Surroundings, share: Floats) -> Request:
    now = int(np.ceil(asked.ask)) - around.first
    ahead = [round(hours / SLOT_HOURS) for hours in LOOKS_AHEAD_H]
    expected = float(around.demand.sum())
    return Request(
        ask=np.array([asked.ask]),
        wish=np.array([asked.wish]),
        window_h=np.array([asked.window_h]),
        waiting=np.array([asked.waiting]),
        refusal=np.array([asked.refusal]),
        energy=np.array([asked.energy]),
        takes_dc=np.array([asked.takes_dc]),
        weekend=asked.weekend,
        seen=np.array([_asked_before(asked.ask * SLOT_HOURS, around.demand)]),
        pressure=expected / float(around.capacity.sum()),
        ahead=np.array([[(share[now + slots] - share[now]) / slots for slots in ahead]]),
    )


def _asked_before(ask_h: float, demand: Floats) -> float:
    """Share of a day's requests that have usually been made `ask_h` hours after midnight."""
    to_go = np.arange(len(demand)) + 0.5 - ask_h
    made = np.where(to_go > 0, 1 - BEHAVIOUR.asked_later_than(np.maximum(to_go, 0)), 1.0)
    return float((demand * made).sum() / max(demand.sum(), 1e-9))


def _candidates(options: Options, around: Surroundings, share: Floats) -> Candidates:
    site, begin, length = options.site, options.start - around.first, options.length
    window = begin[:, None] + _AHEAD
    inside = GAP - options.start[:, None] <= _AHEAD
    before = (_at(around.free, site, window - GAP) > 0) & inside
    after = _at(around.free, site, window + length[:, None]) > 0
    return Candidates(
        there=np.ones((1, len(site)), dtype=bool),
        cost=options.cost[None],
        travel=options.travel[None],
        waiting=options.waiting[None],
        length=length[None],
        start=options.start[None],
        dc=around.dc[site][None],
        capacity=around.capacity[site][None],
        free=_at(around.free, site, window)[None],
        price=_at(around.bids, site, window)[None],
        before=_run(before[:, ::-1])[None],
        after=_run(after)[None],
        around=_around(around, site, window, length)[None],
        network=((share[begin + length] - share[begin]) / np.maximum(length, 1))[None],
    )


def _around(around: Surroundings, site: Ints, window: Ints, length: Ints) -> Floats:
    """Mean share of free connectors at the four nearest other sites meanwhile."""
    metres = np.hypot(*np.moveaxis(around.xy[site][:, None] - around.xy[None], -1, 0))
    metres[np.arange(len(site)), site] = -1.0
    near = np.argsort(metres, axis=1, kind="stable")[:, 1 : NEIGHBOURS + 1]
    free = np.maximum(around.free[near[:, :, None], window[:, None, :]], 0)
    during = (length[:, None] > _AHEAD)[:, None, :]
    capacity = np.maximum(length * around.capacity[near].sum(axis=1), 1)
    return np.asarray((free * during).sum(axis=(1, 2)) / capacity)


def _at(figures: Floats, site: Ints, slot: Ints) -> Floats:
    """Figures (S, T) of each option's site at its columns `slot`, (n, 24)."""
    return np.asarray(figures[site[:, None], slot])


def _run(free: Bools) -> Ints:
    """How many slots from the first one on are free, over the last axis."""
    return np.asarray(np.cumprod(free, axis=-1).sum(axis=-1))
