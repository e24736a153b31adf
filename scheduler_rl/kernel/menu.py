"""What could be offered to each request: every start at every near site that costs less than a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from bookings.costs import mismatch_eur, travel_eur, waiting_eur
from scheduler_rl.arrays import Bools, Floats, Ints
from scheduler_rl.worlds.behaviour import PRICE_RULE
from scheduler_rl.worlds.city import AC_KW, DAY_SLOTS, DC_KW, HORIZON_SLOTS, SLOT_HOURS, Sites
from scheduler_rl.worlds.requests import Requests

NEAR: Final = 24  # sites looked at for a request
DC_STAY_LEAST: Final = 2
_CHUNK: Final = 2048


class Costs(NamedTuple):
    """The terms of options in EUR, arrays of one shape (bookings.costs)."""

    energy: Floats
    travel: Floats
    waiting: Floats
    mismatch: Floats


@dataclass(frozen=True, slots=True)
class Menu:
    """Options of all requests, one request after another, the cheapest first; arrays of length O.

    first: shape (N + 1,), options of request n are first[n]:first[n + 1]; request; site: index into Sites;
    start, length: slots; energy, travel, waiting, mismatch: EUR; cost: their sum.
    """

    first: Ints
    request: Ints
    site: Ints
    start: Ints
    length: Ints
    energy: Floats
    travel: Floats
    waiting: Floats
    mismatch: Floats
    cost: Floats

    @property
    def best(self) -> Floats:
        """What each request costs at least in an empty network (nan: nothing is better than a refusal), (N,)."""
        least = np.full(len(self.first) - 1, np.nan)
        some = np.flatnonzero(np.diff(self.first))
        least[some] = self.cost[self.first[some]]
        return least


def build_menu(requests: Requests, sites: Sites) -> Menu:
    """Every option of every request that costs less than its refusal."""
    parts = [_options(requests, sites, rows) for rows in _chunks(len(requests))]
    columns = [np.concatenate([part[i] for part in parts]) for i in range(9)] if parts else [np.zeros(0)] * 9
    request, cost = columns[0].astype(np.int64), columns[8]
    order = np.lexsort((cost, request))
    counts = np.bincount(request, minlength=len(requests))
    of_request, site, start, length = (column[order].astype(np.int64) for column in columns[:4])
    first = np.concatenate([[0], np.cumsum(counts)])
    money = [column[order].astype(np.float64) for column in columns[4:]]
    return Menu(first, of_request, site, start, length, *money)


def _chunks(size: int) -> Iterator[Ints]:
    for begin in range(0, size, _CHUNK):
        yield np.arange(begin, min(begin + _CHUNK, size))


def _options(requests: Requests, sites: Sites, rows: Ints) -> list[Floats | Ints]:
    """request, site, start, length, energy, travel, waiting, mismatch, cost of the options of `rows`."""
    site, metres = _near(requests.xy[rows], sites)
    starts = requests.earliest[rows][:, None] + np.arange(
        int((requests.latest - requests.earliest)[rows].max(initial=0)) + 1
    )
    shape = (len(rows), site.shape[1], starts.shape[1])
    length = _lengths(requests, sites, rows, site)
    costs = [
        np.broadcast_to(one, shape) for one in _costs(requests, sites, rows, site, metres, starts, length)
    ]
    total = sum(costs, np.zeros(shape))
    usable = (
        (starts <= requests.latest[rows][:, None])[:, None, :]
        & (~sites.dc[site] | requests.takes_dc[rows][:, None])[..., None]
        & (total < requests.refusal[rows][:, None, None])
    )
    wide = (rows[:, None, None], site[..., None], starts[:, None, :], length[..., None])
    return [np.broadcast_to(one, shape)[usable] for one in (*wide, *costs, total)]


def _near(places: Floats, sites: Sites) -> tuple[Ints, Floats]:
    """The nearest sites of each place and the metres to them, both (len(places), NEAR)."""
    metres = np.hypot(*np.moveaxis(places[:, None, :] - sites.xy[None], -1, 0))
    near = min(NEAR, len(sites))
    site = np.argsort(metres, axis=1, kind="stable")[:, :near]
    return site, np.take_along_axis(metres, site, axis=1)


def _lengths(requests: Requests, sites: Sites, rows: Ints, site: Ints) -> Ints:
    """Slots a car stands at each site: its stay at AC, the charge and one slot more at DC."""
    charge = np.ceil(requests.energy[rows] / DC_KW / SLOT_HOURS - 1e-9).astype(np.int64)
    fast = np.maximum(charge + 1, DC_STAY_LEAST)
    return np.where(sites.dc[site], fast[:, None], requests.stay[rows][:, None])


def _costs(
    requests: Requests, sites: Sites, rows: Ints, site: Ints, metres: Floats, starts: Ints, length: Ints
) -> Costs:
    """Terms of shapes that broadcast to (rows, sites, starts)."""
    dc = sites.dc[site]
    waiting = requests.waiting[rows][:, None]
    too_long = np.where(dc, (requests.stay[rows][:, None] - length) * SLOT_HOURS, 0.0)
    late = np.asarray((starts - requests.wish[rows][:, None]) * SLOT_HOURS, dtype=np.float64)
    return Costs(
        _energy(requests, rows, dc, starts),
        travel_eur(metres / 1000, requests.walking[rows][:, None], may_drive=False)[..., None],
        waiting_eur(late, waiting)[:, None, :],
        mismatch_eur(too_long, waiting)[..., None],
    )


def _energy(requests: Requests, rows: Ints, dc: Bools, starts: Ints) -> Floats:
    """EUR of the energy at the mean price of the time in which it flows."""
    day = requests.day[rows][:, None]
    ahead = np.concatenate(
        [np.zeros((requests.days, 1)), np.cumsum(_two_days(requests.retail), axis=1)], axis=1
    )
    mean = []
    for power in (AC_KW, DC_KW):
        slots = np.maximum(np.ceil(requests.energy[rows] / power / SLOT_HOURS - 1e-9), 1).astype(np.int64)[
            :, None
        ]
        mean.append((ahead[day, starts + slots] - ahead[day, starts]) / slots)
    price = np.where(dc[..., None], mean[1][:, None, :] + PRICE_RULE.dc_extra, mean[0][:, None, :])
    return np.asarray(price * requests.energy[rows][:, None, None])


def _two_days(retail: Floats) -> Floats:
    return np.concatenate([retail, retail[:, : HORIZON_SLOTS + DAY_SLOTS // 4 - DAY_SLOTS]], axis=1)
