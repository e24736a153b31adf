"""Hyperparameters as versioned data: TOML, one table per stage."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from scheduler_rl.worlds.city import Kind

CONFIGS: Final = Path(__file__).with_name("configs")


class BadConfig(ValueError):
    """A configuration cannot be used; the message says which table or value."""


@dataclass(frozen=True, slots=True)
class Split:
    """Days: fitted up to `fit_until`, chosen on the days after it up to `validate_until`."""

    fit_until: date
    validate_until: date


@dataclass(frozen=True, slots=True)
class Shadow:
    """days: simulated days whose LP duals are averaged; factor: times this they are the base of the network."""

    days: int
    factor: float


@dataclass(frozen=True, slots=True)
class StateSet:
    """Where states are met: `days` simulated days of one kind and demand, a `share` of their requests.

    world: "central", or a number of stations of a generated city.
    """

    demand: float
    days: int
    share: float
    kind: Kind = "weekday"
    world: str = "central"


@dataclass(frozen=True, slots=True)
class Rollouts:
    """samples: futures per choice; slots: how far each is played; library: simulated days they are drawn from;
    temperature: EUR, of the softmax over base scores by which days are walked.
    """

    samples: int
    slots: float
    library: int
    temperature: float


@dataclass(frozen=True, slots=True)
class Fit:
    """Regression of Q on rollouts. focus: EUR, choices this much worse than the best weigh 1/e."""

    hidden: int
    epochs: int
    batch: int
    rate: float
    weight_decay: float
    focus: float


@dataclass(frozen=True, slots=True)
class Dqn:
    """Fine-tuning by double DQN. demands: of the days played, in turn; temperature: of the softmax exploration
    over Q, in tens of EUR; check: steps between looks at validation; rate,
    value_rate: of A and V; the rest as in stable-baselines3.
    """

    steps: int
    check: int
    demands: tuple[float, ...]
    rate: float
    value_rate: float
    gamma: float
    batch: int
    buffer: int
    starts: int
    every: int
    target: int
    temperature: float


@dataclass(frozen=True, slots=True)
class Validation:
    """demands: the gap closed is averaged over these; days: simulated days each; seed: of the days."""

    demands: tuple[float, ...]
    days: int
    seed: int


@dataclass(frozen=True, slots=True)
class Config:
    """All of it."""

    split: Split
    shadow: Shadow
    states: tuple[StateSet, ...]
    rollouts: Rollouts
    fit: Fit
    dqn: Dqn
    validation: Validation

    @property
    def digest(self) -> str:
        """Names the configuration: what was computed under another one is not taken up again."""
        text = json.dumps(dataclasses.asdict(self), default=str, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_config(path: Path) -> Config:
    """Raises OSError, and BadConfig when a table or value is missing or unknown."""
    values = tomllib.loads(path.read_text())
    try:
        return Config(
            Split(**values["split"]),
            Shadow(**values["shadow"]),
            tuple(StateSet(**one) for one in values["states"]),
            Rollouts(**values["rollouts"]),
            Fit(**values["fit"]),
            Dqn(**_tuples(values["dqn"])),
            Validation(**_tuples(values["validation"])),
        )
    except (KeyError, TypeError) as error:
        raise BadConfig(f"{path}: {error}") from error


def _tuples(table: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
