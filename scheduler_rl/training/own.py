"""Training on an installation's own history: rollouts and a fit, as in the pipeline, in its busiest regions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from scheduler_rl.evaluation.judgement import Arena, judge
from scheduler_rl.kernel.days import Days
from scheduler_rl.kernel.shadow import ShadowPrices, fit_shadow_prices
from scheduler_rl.policies.network import Network
from scheduler_rl.training.config import Config
from scheduler_rl.training.fine_tuning import fine_tune
from scheduler_rl.training.fitting import fit
from scheduler_rl.training.scorer import export
from scheduler_rl.training.states import Collector, States
from scheduler_rl.worlds.city import Kind
from scheduler_rl.worlds.hamburg import Span
from scheduler_rl.worlds.history import History, Region, regions

BUSIEST: Final = 3
VALIDATION_SHARE: Final = 0.2
_SHADOW_SEED: Final = 500
_LIBRARY_SEED: Final = 601
_STATES_SEED: Final = 800


class TooLittle(ValueError):
    """The history does not suffice to train and to judge."""


@dataclass(frozen=True, slots=True)
class _Ground:
    """A region before and after the date that parts training from validation."""

    train: Region
    validate: Region
    shadow: ShadowPrices


def split_of(history: History) -> tuple[Span, Span]:
    """The days to train on, and the last fifth to judge by. Raises TooLittle below ten days."""
    if history.days < 10:
        raise TooLittle(f"{history.days} days of history, at least 10 are needed")
    first, last = date.fromordinal(history.first_day), date.fromordinal(history.last_day)
    edge = last - timedelta(days=round(history.days * VALIDATION_SHARE))
    return Span(first, edge), Span(edge + timedelta(days=1), last)


def retrain(
    history: History, active: Network, config: Config, *, seed: int
) -> tuple[Network, dict[str, Any]]:
    """A network of this history, and how it did against the active one on days it has not seen. Raises TooLittle."""
    before, after = split_of(history)
    grounds = list(_grounds(history, before, after, config))
    if not grounds:
        raise TooLittle("no region has requests both to train on and to judge by")
    states = States.joined(part for one in grounds for part in _states(one, config))
    facts = {
        "bid_factor": config.shadow.factor,
        "config": config.digest,
        "seed": seed,
        "states": len(states.rows),
    }
    scorer = fit(states, config.fit, seed=seed)
    tuned = fine_tune(
        scorer,
        grounds[0].train.city,
        config,
        lambda *_: grounds[0].shadow.times(config.shadow.factor),
        seed=seed,
        facts=facts,
    )
    network = list(tuned.values())[-1] if tuned else export(scorer, facts)
    arenas = [Arena(one.validate.city, one.shadow) for one in grounds]
    judgement = judge(active, network, arenas, days=config.validation.days)
    return network, judgement | {"trained": _days(before), "validated": _days(after)}


def _grounds(history: History, before: Span, after: Span, config: Config) -> Iterator[_Ground]:
    """The regions with most requests per connector."""
    pairs = list(zip(regions(history, before), regions(history, after), strict=True))
    usable = [pair for pair in pairs if all(len(one.city.pools["weekday"].site) for one in pair)]
    for train, validate in sorted(usable, key=_pressure, reverse=True)[:BUSIEST]:
        shadow = fit_shadow_prices(train.city, "weekday", 1.0, days=config.shadow.days, seed=_SHADOW_SEED)
        yield _Ground(train, validate, shadow)


def _pressure(pair: Sequence[Region]) -> float:
    city = pair[0].city
    return city.pools["weekday"].per_day / float(city.sites.capacity.sum())


def _states(ground: _Ground, config: Config) -> Iterator[States]:
    city, base = ground.train.city, ground.shadow.times(config.shadow.factor)
    kind: Kind = "weekday"
    for number, one in enumerate(config.states):
        days = Days.draw(city, kind, one.demand, one.days, seed=_STATES_SEED + number)
        library = Days.draw(city, kind, one.demand, config.rollouts.library, seed=_LIBRARY_SEED)
        yield Collector(days, library, base, one.share, config.rollouts, seed=_STATES_SEED + number).collect()


def _days(span: Span) -> dict[str, str]:
    return {"from": str(span.first), "until": str(span.last)}
