"""The clairvoyant optimum of a finished day by LP, and the shadow prices it yields (HiGHS).

Minimise sum(cost x) + sum(refusal r) with sum_j x_ij + r_i = 1 for each request and, in each site and slot, at
most capacity stays. Stays are intervals, so the occupancy y[s, t] = y[s, t-1] + begun - ended turns capacity into
the bound 0 <= y <= capacity: three nonzeros a column. The marginal of that bound is the shadow price.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from scheduler_rl.arrays import Floats, Ints
from scheduler_rl.kernel.menu import Menu
from scheduler_rl.worlds.city import HORIZON_SLOTS, Sites
from scheduler_rl.worlds.requests import Requests


class Optimum(NamedTuple):
    """EUR: the cost of the day, and what one connector more would save at each site and slot, (S, 144)."""

    cost: float
    prices: Floats


def clairvoyant(requests: Requests, menu: Menu, sites: Sites, day: int) -> Optimum:
    """The least cost of one day by somebody who knows all of its requests. Raises RuntimeError if HiGHS fails."""
    capacity = np.repeat(sites.capacity[:, None], HORIZON_SLOTS, axis=1)
    return optimum(requests, menu, capacity, int(requests.first[day]), int(requests.first[day + 1]))


def optimum(requests: Requests, menu: Menu, capacity: Ints, begin: int, end: int) -> Optimum:
    """The least cost of requests begin:end with `capacity` free connectors, (S, 144)."""
    low, high = int(menu.first[begin]), int(menu.first[end])
    width = capacity.size
    costs = np.concatenate([menu.cost[low:high], requests.refusal[begin:end], np.zeros(width)])
    bounds = np.full((len(costs), 2), [0.0, np.inf])
    bounds[-width:, 1] = np.maximum(capacity, 0).reshape(-1)
    matrix, right = _constraints(menu, low, high, begin, end, len(capacity))
    solved = linprog(costs, A_eq=matrix, b_eq=right, bounds=bounds, method="highs-ds")
    if solved.status:
        raise RuntimeError(f"HiGHS: {solved.message}")
    prices = -solved.upper.marginals[-width:].reshape(capacity.shape)
    return Optimum(float(solved.fun), np.maximum(prices, 0.0))


def _constraints(
    menu: Menu, low: int, high: int, begin: int, end: int, sites: int
) -> tuple[csr_matrix, Floats]:
    """One row per request (served or refused), then one per site and slot (occupancy continues)."""
    options, requests, width = high - low, end - begin, sites * HORIZON_SLOTS
    column = np.arange(options)
    place = menu.site[low:high] * HORIZON_SLOTS + menu.start[low:high]
    slots = np.arange(width)
    later = slots[slots % HORIZON_SLOTS != 0]
    occupancy = options + requests
    entries: list[tuple[Ints, Ints, float]] = [
        (menu.request[low:high] - begin, column, 1.0),
        (np.arange(requests), options + np.arange(requests), 1.0),
        (requests + place, column, -1.0),
        (requests + place + menu.length[low:high], column, 1.0),
        (requests + slots, occupancy + slots, 1.0),
        (requests + later, occupancy + later - 1, -1.0),
    ]
    rows, columns = (np.concatenate([entry[i] for entry in entries]) for i in (0, 1))
    values = np.concatenate([np.full(len(entry[0]), entry[2]) for entry in entries])
    matrix = csr_matrix((values, (rows, columns)), shape=(requests + width, occupancy + width))
    right = np.concatenate([np.ones(requests), np.zeros(width)])
    return matrix, right
