"""The rows a network scores: one per candidate and one for the refusal, with what they share beside them.

VERSION names this list; a network is only used with the features it was trained on.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from scheduler_rl.arrays import Bools, Floats, Singles
from scheduler_rl.kernel.occupancy import LONGEST
from scheduler_rl.policies.seen import Candidates, Request
from scheduler_rl.worlds.behaviour import BEHAVIOUR
from scheduler_rl.worlds.city import DAY_SLOTS, SLOT_HOURS

VERSION: Final = "1"
EUR: Final = 10.0  # one unit of money in features and Q
ROW: Final = (
    "cost", "cost_over_least", "bid", "score_over_least", "length", "least_free_after", "mean_free_share",
    "last_unit_share", "last_unit_bid", "bid_still_asked", "to_start", "after_wish", "before_wish", "before", "after",
    "dc", "capacity", "start_sin", "start_cos", "around", "network", "travel", "waiting", "refusal",
)  # fmt: skip
SHARED: Final = (
    "ask_sin", "ask_cos", "ask", "window", "value_of_time", "refusal_cost", "energy", "takes_dc", "weekend", "seen",
    "pressure", "ahead_2h", "ahead_6h", "ahead_12h",
)  # fmt: skip
_AHEAD: Final = np.arange(LONGEST)
_STILL_ASKED: Final = BEHAVIOUR.asked_later_than(np.arange(2.0 * DAY_SLOTS) * SLOT_HOURS)


class Observation(NamedTuple):
    """What a network is given.

    rows: (n, K + 1, len(ROW)), the last one is the refusal; shared: (n, len(SHARED)); valid: (n, K + 1); base:
    (n, K + 1), EUR: own cost plus shadow price.
    """

    rows: Singles
    shared: Singles
    valid: Bools
    base: Floats


def observe(request: Request, candidates: Candidates) -> Observation:
    """Features of requests and their candidates; money in tens of EUR, times in parts of a day or of 8 h."""
    during = candidates.length[..., None] > _AHEAD
    prices = candidates.price * during
    bid = prices.sum(axis=-1)
    valid = np.concatenate([candidates.there, np.ones((len(bid), 1), dtype=bool)], axis=1)
    base = _with_refusal(candidates.cost + bid, request.refusal)
    cost = _with_refusal(candidates.cost, request.refusal)
    money = (
        cost, cost - _least(cost, valid), _with_refusal(bid), base - _least(base, valid),
    )  # fmt: skip
    own = (_with_refusal(one) for one in _own(request, candidates, during, prices))
    refusal = _with_refusal(np.zeros_like(bid), np.ones(len(bid)))
    rows = np.stack([*(one / EUR for one in money), *own, refusal], axis=-1)
    rows[~valid] = 0.0
    return Observation(rows.astype(np.float32), _shared(request), valid, base)


def _own(request: Request, seen: Candidates, during: Bools, prices: Floats) -> tuple[Floats, ...]:
    """The columns from "length" to "waiting", each (n, K)."""
    length = np.maximum(seen.length, 1)
    left = np.where(during, seen.free - 1, LONGEST).min(axis=-1)
    last = during & (seen.free <= 1)
    now = np.ceil(request.ask)[:, None]
    ahead = np.clip(seen.start - now, 0, DAY_SLOTS)
    asked = _STILL_ASKED[(ahead[..., None] + _AHEAD).astype(np.int64)]
    late = (seen.start - request.wish[:, None]) * SLOT_HOURS
    angle = 2 * np.pi * seen.start / DAY_SLOTS
    return (
        length / LONGEST,
        np.clip(left, 0, 3) / 3,
        (np.maximum(seen.free, 0) * during).sum(axis=-1) / length / seen.capacity,
        last.sum(axis=-1) / length,
        (prices * last).sum(axis=-1) / EUR,
        (prices * asked).sum(axis=-1) / EUR,
        ahead * SLOT_HOURS / 8,
        np.maximum(late, 0) / 4,
        np.maximum(-late, 0) / 4,
        seen.before / LONGEST,
        seen.after / LONGEST,
        seen.dc.astype(np.float64),
        np.minimum(seen.capacity, 8) / 4,
        np.sin(angle),
        np.cos(angle),
        seen.around,
        seen.network,
        seen.travel / EUR,
        seen.waiting / EUR,
    )


def _shared(request: Request) -> Singles:
    ones = np.ones(len(request.ask))
    angle = 2 * np.pi * request.ask / DAY_SLOTS
    columns = (
        np.sin(angle),
        np.cos(angle),
        request.ask / DAY_SLOTS,
        request.window_h / 8,
        request.waiting / EUR,
        request.refusal / EUR,
        request.energy / 20,
        request.takes_dc.astype(np.float64),
        ones * request.weekend,
        request.seen,
        ones * request.pressure / 10,
        *request.ahead.T,
    )
    return np.stack(columns, axis=-1).astype(np.float32)


def _with_refusal(figures: Floats, refusal: Floats | None = None) -> Floats:
    """`figures` (n, K) and one more column for the refusal (None: zero)."""
    last = np.zeros(len(figures)) if refusal is None else refusal
    return np.concatenate([figures, last[:, None]], axis=1)


def _least(figures: Floats, valid: Bools) -> Floats:
    return np.asarray(np.where(valid, figures, np.inf).min(axis=1, keepdims=True))
