"""Training from files to a network, stage by stage; what is finished is kept and taken up again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from tqdm import tqdm

from scheduler_rl.evaluation.world import Files, cities_of, validation_span
from scheduler_rl.kernel.days import Days
from scheduler_rl.kernel.shadow import ShadowPrices, fit_shadow_prices
from scheduler_rl.policies.network import Network
from scheduler_rl.training.config import Config, StateSet
from scheduler_rl.training.fine_tuning import fine_tune
from scheduler_rl.training.fitting import fit
from scheduler_rl.training.scorer import export
from scheduler_rl.training.states import Collector, States
from scheduler_rl.training.validating import Validator, clairvoyant_costs
from scheduler_rl.worlds.city import City, Kind
from scheduler_rl.worlds.generated import generated_city
from scheduler_rl.worlds.hamburg import Span

_CENTRAL: Final = "central"
_SHADOW_SEED: Final = 500
_LIBRARY_SEED: Final = 601
_STATES_SEED: Final = 800


@dataclass(frozen=True, slots=True)
class Trained:
    """The network chosen on validation days, and the mean gap closed there by each that was tried."""

    network: Network
    validation: dict[str, float]


class Pipeline:
    """One configuration and seed; `work` keeps the results of finished stages, by configuration and files.

    Shadow prices, rollouts and validation bounds are the same for all seeds of a configuration; the seed begins
    the network, shuffles the batches, draws the days of the fine-tuning and explores.
    """

    def __init__(self, config: Config, files: Files, *, seed: int, work: Path) -> None:
        self._config, self._seed = config, seed
        self._work = work / f"{config.digest}-{files.digest}"
        self._work.mkdir(parents=True, exist_ok=True)
        split = config.split
        self._cities = cities_of(
            files,
            fit_until=split.fit_until,
            spans={
                "train": Span(None, split.fit_until),
                "validation": validation_span(split.fit_until, split.validate_until),
            },
        )

    def run(self) -> Trained:
        """Roll out, fit, fine-tune, choose."""
        states = States.joined(
            self._states(index, one) for index, one in enumerate(tqdm(self._config.states, desc="rollouts"))
        )
        scorer = fit(states, self._config.fit, seed=self._seed)
        facts = {
            "bid_factor": self._config.shadow.factor,
            "config": self._config.digest,
            "seed": self._seed,
            "states": len(states.rows),
        }
        validator = self._validator()
        tried = {"fitted": export(scorer, facts)}
        tuned = fine_tune(
            scorer, self._cities["train"], self._config, self._base, seed=self._seed, facts=facts
        )
        tried.update(tuned)
        scores = {name: validator.gap_closed(network) for name, network in tried.items()}
        best = max(scores, key=lambda name: scores[name])
        facts = {**tried[best].facts, "chosen": best, "validation": scores}
        return Trained(Network(tried[best].advantage, tried[best].value, facts), scores)

    def _validator(self) -> Validator:
        city, settings = self._cities["validation"], self._config.validation

        def compute() -> dict[str, np.ndarray]:
            return {"bounds": np.array(clairvoyant_costs(city, settings))}

        bounds = self._kept("validation", compute)["bounds"].tolist()
        return Validator(city, settings, self._shadow, bounds)

    def _states(self, index: int, one: StateSet) -> States:
        def compute() -> States:
            city = self._city(one.world)
            base = self._base(one.demand, one.kind, one.world)
            seed = _STATES_SEED + index
            days = Days.draw(city, one.kind, one.demand, one.days, seed=seed)
            library = Days.draw(city, one.kind, one.demand, self._config.rollouts.library, seed=_LIBRARY_SEED)
            return Collector(days, library, base, one.share, self._config.rollouts, seed=seed).collect()

        kept = self._kept(f"states-{index}", lambda: compute()._asdict())
        return States(**kept)

    def _base(self, demand: float, kind: Kind, world: str = _CENTRAL) -> ShadowPrices:
        return self._shadow(demand, kind, world).times(self._config.shadow.factor)

    def _shadow(self, demand: float, kind: Kind, world: str = _CENTRAL) -> ShadowPrices:
        def compute() -> dict[str, np.ndarray]:
            city = self._city(world)
            days = self._config.shadow.days
            fitted = fit_shadow_prices(city, kind, demand, days=days, seed=_SHADOW_SEED)
            return {"prices": fitted.prices}

        return ShadowPrices(self._kept(f"shadow-{world}-{kind}-{demand:g}", compute)["prices"])

    def _city(self, world: str) -> City:
        return self._cities["train"] if world == _CENTRAL else generated_city(int(world), seed=_SHADOW_SEED)

    def _kept(self, name: str, compute: Callable[[], dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
        """What an earlier run left under this name, else computed and left; whole files only."""
        path = self._work / f"{name}.npz"
        if not path.exists():
            half = path.with_suffix(".half.npz")
            np.savez_compressed(half, allow_pickle=False, **compute())
            half.replace(path)
        with np.load(path) as arrays:
            return {key: arrays[key] for key in arrays.files}
