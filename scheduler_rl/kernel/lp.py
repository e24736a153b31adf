"""The clairvoyant optimum of a finished day by LP, and the shadow prices it yields (HiGHS).

Minimise sum(cost x) + sum(refusal r) with sum_j x_ij + r_i = 1 for each request and, in each site and slot, at
most capacity stays. Stays are intervals, so the occupancy y[s, t] = y[s, t-1] + begun - ended turns capacity into
the bound 0 <= y <= capacity: three nonzeros a column. The marginal of that bound is the shadow price.

Where a day has very many options (a city of hundreds of stations) the LP begins with the cheapest of each request;
the others are priced by its duals and join until none would lower the cost (column generation, Dantzig and Wolfe
1960).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from scheduler_rl.arrays import Bools, Floats, Ints
from scheduler_rl.kernel.menu import Menu
from scheduler_rl.worlds.city import HORIZON_SLOTS, Sites
from scheduler_rl.worlds.requests import Requests

LARGE: Final = 60_000  # options of a day from which on columns are generated
_FIRST: Final = 12  # options of each request that the LP begins with
_JOINING: Final = 8  # further ones of each request that join at a time
_WORTH_IT: Final = 1e-4  # EUR that an option must save to join


class Optimum(NamedTuple):
    """EUR: the cost of the day, and what one connector more would save at each site and slot, (S, 144)."""

    cost: float
    prices: Floats


class _Solved(NamedTuple):
    """An optimum and the dual of each row: requests, then sites by slots."""

    optimum: Optimum
    duals: Floats


def clairvoyant(requests: Requests, menu: Menu, sites: Sites, day: int) -> Optimum:
    """The least cost of one day by somebody who knows all of its requests. Raises RuntimeError if HiGHS fails."""
    capacity = np.repeat(sites.capacity[:, None], HORIZON_SLOTS, axis=1)
    return optimum(requests, menu, capacity, int(requests.first[day]), int(requests.first[day + 1]))


def optimum(requests: Requests, menu: Menu, capacity: Ints, begin: int, end: int) -> Optimum:
    """The least cost of requests begin:end with `capacity` free connectors, (S, 144)."""
    low, high = int(menu.first[begin]), int(menu.first[end])
    options = np.arange(low, high)
    refusal = requests.refusal[begin:end]
    if len(options) <= LARGE:
        return _solve(menu, options, refusal, capacity, begin, "highs-ds").optimum
    joined = options - menu.first[menu.request[options]] < _FIRST
    while True:
        solved = _solve(menu, options[joined], refusal, capacity, begin, "highs-ipm")
        joining = _worth_it(menu, options, solved.duals, begin, end - begin) & ~joined
        if not joining.any():
            return solved.optimum
        joined |= joining


def _solve(menu: Menu, options: Ints, refusal: Floats, capacity: Ints, begin: int, method: str) -> _Solved:
    width, count = capacity.size, len(refusal)
    costs = np.concatenate([menu.cost[options], refusal, np.zeros(width)])
    bounds = np.full((len(costs), 2), [0.0, np.inf])
    bounds[-width:, 1] = np.maximum(capacity, 0).reshape(-1)
    matrix, right = _constraints(menu, options, begin, count, len(capacity))
    solved = linprog(costs, A_eq=matrix, b_eq=right, bounds=bounds, method=method)
    if solved.status:
        raise RuntimeError(f"HiGHS: {solved.message}")
    prices = -solved.upper.marginals[-width:].reshape(capacity.shape)
    return _Solved(Optimum(float(solved.fun), np.maximum(prices, 0.0)), solved.eqlin.marginals)


def _worth_it(menu: Menu, options: Ints, duals: Floats, begin: int, count: int) -> Bools:
    """Which options would lower the cost by their reduced cost, the best few of each request."""
    request, place = (
        menu.request[options] - begin,
        count + menu.site[options] * HORIZON_SLOTS + menu.start[options],
    )
    reduced = menu.cost[options] - duals[request] + duals[place] - duals[place + menu.length[options]]
    order = np.lexsort((reduced, request))
    first = np.searchsorted(request[order], np.arange(count))
    rank = np.empty(len(options), dtype=np.int64)
    rank[order] = np.arange(len(options)) - first[request[order]]
    return np.asarray((reduced < -_WORTH_IT) & (rank < _JOINING))


def _constraints(
    menu: Menu, options: Ints, begin: int, requests: int, sites: int
) -> tuple[csr_matrix, Floats]:
    """One row per request (served or refused), then one per site and slot (occupancy continues)."""
    width = sites * HORIZON_SLOTS
    column = np.arange(len(options))
    place = menu.site[options] * HORIZON_SLOTS + menu.start[options]
    slots = np.arange(width)
    later = slots[slots % HORIZON_SLOTS != 0]
    occupancy = len(options) + requests
    entries: list[tuple[Ints, Ints, float]] = [
        (menu.request[options] - begin, column, 1.0),
        (np.arange(requests), len(options) + np.arange(requests), 1.0),
        (requests + place, column, -1.0),
        (requests + place + menu.length[options], column, 1.0),
        (requests + slots, occupancy + slots, 1.0),
        (requests + later, occupancy + later - 1, -1.0),
    ]
    rows, columns = (np.concatenate([entry[i] for entry in entries]) for i in (0, 1))
    values = np.concatenate([np.full(len(entry[0]), entry[2]) for entry in entries])
    matrix = csr_matrix((values, (rows, columns)), shape=(requests + width, occupancy + width))
    right = np.concatenate([np.ones(requests), np.zeros(width)])
    return matrix, right
