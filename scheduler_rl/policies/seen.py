"""What a learned policy sees of a request and its candidates, in plain units: made by the simulation or by the
live system alike, so that the same network runs on both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from scheduler_rl.arrays import Bools, Floats, Ints
from scheduler_rl.kernel.days import Days
from scheduler_rl.kernel.occupancy import LONGEST, WIDTH
from scheduler_rl.kernel.order import Order
from scheduler_rl.kernel.situation import Situation
from scheduler_rl.policies.shortlist import Shortlist
from scheduler_rl.worlds.city import DAY_SLOTS, SLOT_HOURS

if TYPE_CHECKING:  # it brings scipy, which a web process does not have
    from scheduler_rl.kernel.shadow import ShadowPrices

NEIGHBOURS: Final = 4
GAP: Final = LONGEST  # how far gaps are looked at, slots
LOOKS_AHEAD_H: Final = (2, 6, 12)
_AHEAD: Final = np.arange(LONGEST)


class Candidates(NamedTuple):
    """One entry per candidate, shape (n, K); EUR, slots, hours. `there` False: no such candidate.

    free, price: (n, K, 24), free connectors before the choice and shadow price in each slot from the start;
    before, after: slots around the stay in which the site has a connector free; around, network: mean share of
    free connectors during the stay at the four nearest sites and everywhere.
    """

    there: Bools
    cost: Floats
    travel: Floats
    waiting: Floats
    length: Ints
    start: Ints
    dc: Bools
    capacity: Ints
    free: Floats
    price: Floats
    before: Ints
    after: Ints
    around: Floats
    network: Floats


class Request(NamedTuple):
    """One entry per request, shape (n,).

    ask: slots from midnight; wish: slot; window_h; waiting: EUR/h; refusal: EUR; energy: kWh; seen: requests of
    the day so far over those expected of it; pressure: requests expected of the day per connector; ahead: (n, 3),
    share of connectors free in the next 2, 6 and 12 hours.
    """

    ask: Floats
    wish: Ints
    window_h: Floats
    waiting: Floats
    refusal: Floats
    energy: Floats
    takes_dc: Bools
    weekend: bool
    seen: Floats
    pressure: float
    ahead: Floats


class Eyes:
    """Looks at situations of certain days; what does not change is computed once."""

    def __init__(self, days: Days, order: Order, shadow: ShadowPrices) -> None:
        self._days, self._order = days, order
        self._prices = shadow.by_place()
        self._capacity = days.sites.capacity
        self._day = days.requests.day
        self._neighbours = _neighbours(days.sites.xy)

    def request(self, situation: Situation) -> Request:
        """The requests of a situation."""
        requests, asked = self._days.requests, situation.request
        now = np.clip(np.ceil(requests.ask[asked]), 0, DAY_SLOTS).astype(np.int64)
        total = self._network_share(situation)
        upto = [now + round(hours / SLOT_HOURS) for hours in LOOKS_AHEAD_H]
        rows = np.arange(len(asked))
        count = asked - requests.first[self._day[asked]]
        return Request(
            ask=requests.ask[asked],
            wish=requests.wish[asked],
            window_h=np.asarray((requests.latest - requests.earliest)[asked] * SLOT_HOURS, dtype=np.float64),
            waiting=requests.waiting[asked],
            refusal=requests.refusal[asked],
            energy=requests.energy[asked],
            takes_dc=requests.takes_dc[asked],
            weekend=self._days.kind == "weekend",
            seen=count / requests.expected,
            pressure=requests.expected / float(self._capacity.sum()),
            ahead=np.stack([(total[rows, end] - total[rows, now]) / (end - now) for end in upto], axis=1),
        )

    def candidates(self, situation: Situation, short: Shortlist) -> Candidates:
        """The candidates of a situation."""
        order, menu = self._order, self._days.menu
        option, place, length = order.option[short.entry], order.place[short.entry], order.length[short.entry]
        site, start = place // WIDTH, place % WIDTH
        flat = situation.row[:, None] + place
        total = self._network_share(situation)
        rows = np.arange(len(place))[:, None]
        return Candidates(
            there=short.there,
            cost=menu.cost[option],
            travel=menu.travel[option],
            waiting=menu.waiting[option],
            length=length,
            start=start,
            dc=self._days.sites.dc[site],
            capacity=self._capacity[site],
            free=self._window(situation, flat),
            price=self._prices[place[..., None] + _AHEAD],
            before=self._before(situation, flat, start),
            after=_run(self._window(situation, flat + length) > 0),
            around=self._around(situation, site, start, length),
            network=(total[rows, start + length] - total[rows, start]) / np.maximum(length, 1),
        )

    def _window(self, situation: Situation, place: Ints) -> Floats:
        counts = situation.occupancy.window(np.minimum(place.reshape(-1), situation.occupancy.last))
        return counts.reshape(*place.shape, LONGEST).astype(np.float64)

    def _before(self, situation: Situation, place: Ints, start: Ints) -> Ints:
        counts = self._window(situation, np.maximum(place - GAP, 0))
        inside = GAP - start[..., None] <= _AHEAD
        return _run(((counts > 0) & inside)[..., ::-1])

    def _around(self, situation: Situation, site: Ints, start: Ints, length: Ints) -> Floats:
        near = self._neighbours[site]
        place = situation.row[:, None, None] + near * WIDTH + start[..., None]
        during = (length[..., None] > _AHEAD)[:, :, None, :]
        free = (np.maximum(self._window(situation, place), 0) * during).sum(axis=(2, 3))
        return np.asarray(free / np.maximum(length * self._capacity[near].sum(axis=-1), 1))

    def _network_share(self, situation: Situation) -> Floats:
        """Share of all connectors free, summed up to each slot, (n, WIDTH + 1)."""
        free = np.maximum(situation.occupancy.free(situation.lanes), 0).sum(axis=1) / self._capacity.sum()
        return np.concatenate([np.zeros((len(free), 1)), np.cumsum(free, axis=1)], axis=1)


def _neighbours(xy: Floats) -> Ints:
    """The nearest other sites of each site, (S, up to 4)."""
    metres = np.hypot(*np.moveaxis(xy[:, None] - xy[None], -1, 0))
    return np.argsort(metres, axis=1, kind="stable")[:, 1 : NEIGHBOURS + 1]


def _run(free: Bools) -> Ints:
    """How many slots from the first one on are free, over the last axis."""
    return np.asarray(np.cumprod(free, axis=-1).sum(axis=-1))
