"""Drawing simulated days: who asks for what, and when."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from scheduler_rl.arrays import Bools, Floats, Ints
from scheduler_rl.worlds.behaviour import BEHAVIOUR, PRICE_RULE, Behaviour, PriceRule
from scheduler_rl.worlds.city import AC_KW, DAY_SLOTS, SLOT_HOURS, SLOT_MINUTES, City, Kind, Pool


@dataclass(frozen=True, slots=True)
class Requests:
    """All requests of many days, one after another, each day in the order of asking.

    Arrays of length N unless said otherwise; times in slots of 15 minutes from midnight of the day.
    first: shape (days + 1,), requests of day d are first[d]:first[d + 1]; ask: fractions, may be negative (the
    evening before); wish, earliest, latest: starts; stay: slots; klass: index into CLASSES; waiting, walking:
    EUR/h; refusal: EUR; energy: kWh; xy: metres, (N, 2); retail: what a kWh costs at AC, EUR, (days, 96);
    expected: the mean number of requests of such a day.
    """

    first: Ints
    ask: Floats
    wish: Ints
    earliest: Ints
    latest: Ints
    stay: Ints
    klass: Ints
    waiting: Floats
    walking: Floats
    refusal: Floats
    energy: Floats
    takes_dc: Bools
    xy: Floats
    retail: Floats
    expected: float

    @property
    def days(self) -> int:
        return len(self.first) - 1

    @property
    def day(self) -> Ints:
        """The day of each request, (N,)."""
        return np.repeat(np.arange(self.days), np.diff(self.first))

    def __len__(self) -> int:
        return len(self.ask)


def draw_days(
    city: City,
    kind: Kind,
    demand: float,
    days: int,
    *,
    seed: int,
    behaviour: Behaviour = BEHAVIOUR,
    rule: PriceRule = PRICE_RULE,
) -> Requests:
    """Simulated days of one kind at `demand` times the mean of the city's sessions; the same seed, the same days.

    Raises ValueError when the city has no session of that kind.
    """
    pool = city.pools[kind]
    if not len(pool.site):
        raise ValueError(f"{city.name} has no {kind} session in these days")
    rng = np.random.default_rng([seed, round(demand * 1000), ("weekday", "weekend").index(kind)])
    mean = pool.per_day * demand
    counts = rng.poisson(mean * rng.lognormal(0, behaviour.demand_spread, days))
    retail = rule.retail(city.prices[rng.integers(len(city.prices), size=days)])
    pick = rng.integers(len(pool.site), size=int(counts.sum()))
    wish, stay_minutes = _session(rng, pool, pick, behaviour)
    klass = rng.choice(len(behaviour.share), len(pick), p=behaviour.share)
    ask, earliest, latest = _window(rng, wish, klass, behaviour)
    drawn = Requests(
        first=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        ask=ask,
        wish=wish,
        earliest=earliest,
        latest=latest,
        stay=np.ceil(stay_minutes / SLOT_MINUTES).astype(np.int64),
        klass=klass,
        energy=np.minimum(_energy(rng, len(pick), behaviour), AC_KW * stay_minutes / 60),
        waiting=_spread(rng, behaviour.of(behaviour.waiting_eur_h, klass), behaviour.waiting_spread),
        walking=_spread(rng, behaviour.of(behaviour.walking_eur_h, klass), behaviour.walking_spread),
        refusal=_spread(rng, behaviour.of(behaviour.refusal_eur, klass), behaviour.refusal_spread),
        takes_dc=rng.random(len(pick)) < behaviour.takes_dc,
        xy=city.sites.xy[pool.site[pick]] + rng.normal(0, behaviour.place_spread_m, (len(pick), 2)),
        retail=retail,
        expected=mean,
    )
    return _in_order(drawn, np.lexsort((ask, drawn.day)))


def _session(rng: np.random.Generator, pool: Pool, pick: Ints, behaviour: Behaviour) -> tuple[Ints, Floats]:
    """The slot in which each would like to start, and its stay in minutes: real ones, shaken a little."""
    noisy = pool.start[pick] + rng.normal(0, behaviour.start_spread_slots, len(pick))
    stay = pool.stay[pick] * rng.lognormal(0, behaviour.stay_spread, len(pick))
    wish = np.clip(np.floor(noisy), 0, DAY_SLOTS - 1).astype(np.int64)
    return wish, np.clip(stay, behaviour.stay_min, behaviour.stay_max)


def _window(
    rng: np.random.Generator, wish: Ints, klass: Ints, behaviour: Behaviour
) -> tuple[Floats, Ints, Ints]:
    """When each asks, and its earliest and latest start; nobody starts before asking."""
    lead = rng.uniform(
        behaviour.of(behaviour.least_lead_h, klass), behaviour.of(behaviour.most_lead_h, klass)
    )
    ask = wish - lead / SLOT_HOURS
    soonest = np.maximum(np.ceil(ask), 0)
    earliest = np.maximum(wish - behaviour.of(behaviour.earlier_h, klass) / SLOT_HOURS, soonest)
    latest = wish + behaviour.of(behaviour.later_h, klass) / SLOT_HOURS
    return ask, earliest.astype(np.int64), latest.astype(np.int64)


def _energy(rng: np.random.Generator, size: int, behaviour: Behaviour) -> Floats:
    """kWh wanted."""
    drawn = rng.lognormal(behaviour.energy_log_mean, behaviour.energy_log_spread, size)
    return np.clip(drawn, *behaviour.energy_kwh)


def _spread(rng: np.random.Generator, figures: Floats, sigma: float) -> Floats:
    return np.asarray(figures * rng.lognormal(0, sigma, len(figures)))


def _in_order(drawn: Requests, order: Ints) -> Requests:
    per_day = {"first", "retail", "expected"}
    changes = {one.name: getattr(drawn, one.name)[order] for one in fields(drawn) if one.name not in per_day}
    return replace(drawn, **changes)
