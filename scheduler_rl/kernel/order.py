"""Options in the order a simple policy prefers them, and the first of them that is free."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduler_rl.arrays import Bools, Floats, Ints
from scheduler_rl.kernel.menu import Menu
from scheduler_rl.kernel.occupancy import WIDTH, Occupancy
from scheduler_rl.kernel.situation import Situation


@dataclass(frozen=True, slots=True)
class Order:
    """Preferred options of each request, the best first, one request after another.

    first: (N + 1,); option: positions in the menu; place: site x WIDTH + start; length: slots; score: EUR (or
    whatever it is ordered by), rises within a request; cost: EUR.
    """

    first: Ints
    option: Ints
    place: Ints
    length: Ints
    score: Floats
    cost: Floats

    @classmethod
    def by(cls, menu: Menu, score: Floats, keep: Bools | None = None) -> Order:
        """Options by rising `score`, shape (O,), ties by cost; without those where `keep` is False."""
        chosen = np.arange(len(menu.cost)) if keep is None else np.flatnonzero(keep)
        order = chosen[np.lexsort((menu.cost[chosen], score[chosen], menu.request[chosen]))]
        counts = np.bincount(menu.request[order], minlength=len(menu.first) - 1)
        return cls(
            first=np.concatenate([[0], np.cumsum(counts)]),
            option=order,
            place=menu.site[order] * WIDTH + menu.start[order],
            length=menu.length[order],
            score=score[order],
            cost=menu.cost[order],
        )


def first_fit(order: Order, request: Ints, occupancy: Occupancy, row: Ints) -> Ints:
    """For each lane the place in `order` of the first option of `request` that is free, or -1; all shape (n,)."""
    found = np.full(len(request), -1)
    cursor, end = order.first[request], order.first[request + 1]
    active = np.flatnonzero(cursor < end)
    cursor, end, row = cursor[active], end[active], row[active]
    while len(active):
        fit = occupancy.fits(row + order.place[cursor], order.length[cursor])
        found[active[fit]] = cursor[fit]
        cursor = cursor + 1
        on = ~fit & (cursor < end)
        active, cursor, end, row = active[on], cursor[on], end[on], row[on]
    return found


def free_ones(
    order: Order, request: Ints, occupancy: Occupancy, row: Ints, *, look: int
) -> tuple[Ints, Bools]:
    """The first `look` options of each request (positions in `order`) and whether each is free, both (n, look)."""
    cursor = order.first[request][:, None] + np.arange(look)
    there = cursor < order.first[request + 1][:, None]
    cursor = np.where(there, cursor, 0)
    if not len(order.place):
        return cursor, there
    fit = occupancy.fits((row[:, None] + order.place[cursor]).reshape(-1), order.length[cursor].reshape(-1))
    return cursor, there & fit.reshape(cursor.shape)


def choose_first(order: Order, situation: Situation) -> Ints:
    """The first free option of each request in `order`, as positions in the menu."""
    found = first_fit(order, situation.request, situation.occupancy, situation.row)
    return np.where(found < 0, -1, order.option[found]) if len(order.option) else found
