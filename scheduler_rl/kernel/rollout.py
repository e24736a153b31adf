"""What a choice costs those who come later: playing many sampled futures from many states at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduler_rl.arrays import Floats, Ints
from scheduler_rl.kernel.menu import Menu
from scheduler_rl.kernel.occupancy import Occupancy
from scheduler_rl.kernel.order import Order, first_fit
from scheduler_rl.worlds.requests import Requests


@dataclass(frozen=True, slots=True)
class Futures:
    """Simulated days to draw futures from, and how a base policy orders their options."""

    requests: Requests
    menu: Menu
    order: Order

    def after(self, day: Ints, ask: Floats, slots: float) -> tuple[Ints, Ints]:
        """The requests of `day` asked in (ask, ask + slots], as first and end; arrays of one shape."""
        span = 10.0 * (abs(self.requests.ask).max(initial=1.0) + slots)
        keys = self.requests.ask + self.requests.day * span
        begin = np.searchsorted(keys, ask + day * span, side="right")
        end = np.searchsorted(keys, ask + slots + day * span, side="right")
        first = self.requests.first
        return np.clip(begin, first[day], first[day + 1]), np.clip(end, first[day], first[day + 1])


def play(futures: Futures, occupancy: Occupancy, begin: Ints, end: Ints) -> Floats:
    """EUR that requests begin:end cost in each lane when the base policy answers them; changes `occupancy`."""
    cost = np.zeros(len(begin))
    lanes = np.flatnonzero(begin < end)
    request = begin[lanes]
    while len(lanes):
        row = occupancy.rows(lanes)
        found = first_fit(futures.order, request, occupancy, row)
        served = np.flatnonzero(found >= 0)
        chosen = found[served]
        occupancy.take(row[served] + futures.order.place[chosen], futures.order.length[chosen])
        price = futures.requests.refusal[request]
        price[served] = futures.order.cost[chosen]
        cost[lanes] += price
        request = request + 1
        on = request < end[lanes]
        lanes, request = lanes[on], request[on]
    return cost


def rollout_costs(
    futures: Futures,
    occupancy: Occupancy,
    lanes: Ints,
    ask: Floats,
    place: Ints,
    length: Ints,
    *,
    days: Ints,
    slots: float,
) -> Floats:
    """EUR that later requests cost after each choice, per sampled future: shape (n, K + 1, m), last: refusal.

    lanes, ask: (n,), states in `occupancy`; place, length: (n, K), candidates (length 0: none, as a refusal);
    days: (n, m), the futures, the same for all choices of a state; slots: how far to look.
    """
    states, choices, sampled = len(lanes), place.shape[1] + 1, days.shape[1]
    begin, end = futures.after(days, ask[:, None], slots)
    copies = occupancy.copies(lanes, choices * sampled)
    shape = (states, choices, sampled)
    nothing = np.zeros((states, 1), dtype=np.int64)
    taken = np.broadcast_to(np.concatenate([place, nothing], axis=1)[..., None], shape).reshape(-1)
    slots_taken = np.broadcast_to(np.concatenate([length, nothing], axis=1)[..., None], shape).reshape(-1)
    copies.take(copies.rows(np.arange(len(taken))) + taken, slots_taken)
    first, last = (np.broadcast_to(one[:, None, :], shape).reshape(-1) for one in (begin, end))
    return play(futures, copies, first, last).reshape(shape)
