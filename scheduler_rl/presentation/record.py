"""The administrator's page of the recommender, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np

from scheduler_rl.evaluation.drift import psi, word_for
from scheduler_rl.models import ModelRun, PolicyVersion
from scheduler_rl.presentation.plots import Bar, Plot, bars, hours, lines
from scheduler_rl.selectors.demand import WINDOW, Drift, drift_against
from scheduler_rl.selectors.record import Week
from scheduler_rl.services.versions import shows_gain

WEEKS: Final = timedelta(weeks=12)
_BEFORE: Final = timedelta(days=91)
_KINDS: Final = ("weekdays", "weekend days")
_WORDS: Final = {
    "greedy": "weighted greedy",
    "bid_price": "bid price",
    "rollout": "rollout",
    "dqn": "this version",
    "active": "the version before",
    "candidate": "this version",
    "clairvoyant": "clairvoyant bound",
}
State = PolicyVersion.State


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version with what can be done about it, and its gain over the version it was judged against."""

    version: PolicyVersion
    gain: dict[str, float] | None
    can_promote: bool
    can_roll_back: bool


@dataclass(frozen=True, slots=True)
class Shift:
    """How far a distribution has moved, in words and as PSI beside what chance alone gives."""

    name: str
    psi: float
    noise: float | None

    @property
    def word(self) -> str:
        return word_for(self.psi, self.noise or 0.0)


@dataclass(frozen=True, slots=True)
class DriftPart:
    """Demand now against then: shifts, the hours as plots, the stations that moved most."""

    against: str
    shifts: list[Shift]
    plots: list[Plot]
    drift: Drift


def version_row(version: PolicyVersion) -> VersionRow:
    trained = version.origin == PolicyVersion.Origin.TRAINED
    return VersionRow(
        version,
        version.metrics.get("gain_eur"),
        can_promote=version.state == State.CANDIDATE and (not trained or shows_gain(version.metrics)),
        can_roll_back=version.state == State.RETIRED and version.activated_at is not None,
    )


def validation_bars(version: PolicyVersion) -> list[Bar]:
    """EUR per request of each policy where the version was judged."""
    policies: dict[str, float] = version.metrics.get("policies", {})
    dearest_first = sorted(policies.items(), key=lambda one: -one[1])
    return bars([(_WORDS.get(name, name), value) for name, value in dearest_first], unit="EUR")


def weekly_plots(weeks: list[Week]) -> list[Plot]:
    """Share taken, and EUR expected beside EUR realised."""
    labels = [f"{week.monday:%-d %b}" for week in weeks]
    percent = [None if week.taken is None else 100 * week.taken for week in weeks]
    first = [None if week.first is None else 100 * week.first for week in weeks]
    return [
        lines(
            "Answers that led to a booking", [("any slot", percent), ("the first", first)], labels, unit="%"
        ),
        lines(
            "Cost of a visit to its driver",
            [
                ("expected", [week.expected for week in weeks]),
                ("realised", [week.realised for week in weeks]),
            ],
            labels,
            unit="EUR",
        ),
    ]


def drift_part(version: PolicyVersion | None, now: datetime) -> DriftPart:
    """Against the days the version was trained on; for one trained elsewhere its hours, else the quarter before."""
    today = now.date()
    trained = version.metrics.get("trained") if version else None
    if trained:
        first, last = date.fromisoformat(trained["from"]), date.fromisoformat(trained["until"])
    else:
        last = today - WINDOW - timedelta(days=1)
        first = last - _BEFORE + timedelta(days=1)
    drift = drift_against(first, last, today=today)
    shifts = _shifts(drift) if drift.then_visits else []
    if version and not trained and (hours := version.metrics.get("hours")):
        shifts += _from_elsewhere(hours, drift)
    against = "the days it was trained on" if trained else "the quarter before"
    return DriftPart(f"{against}, {first:%-d %b %Y} to {last:%-d %b %Y}", shifts, _hours(drift), drift)


def _shifts(drift: Drift) -> list[Shift]:
    hours = zip(_KINDS, drift.hours, drift.noise, strict=True)
    found = [Shift(f"hours of {kind}", float(moved), float(chance)) for kind, moved, chance in hours]
    return [*found, Shift("spread over stations", drift.places, None)]


def task_rows(runs: list[ModelRun]) -> list[ModelRun]:
    """The newest run of each task."""
    return [one for task in ModelRun.Task for one in [next((r for r in runs if r.task == task), None)] if one]


def _from_elsewhere(hours: dict[str, Any], drift: Drift) -> list[Shift]:
    found = []
    for number, (kind, word) in enumerate(zip(("weekday", "weekend"), _KINDS, strict=True)):
        moved = float(psi(drift.counts[0, number], np.array(hours[kind], dtype=float)))
        found.append(Shift(f"hours of {word} against the city it was trained in", moved, None))
    return found


def _hours(drift: Drift) -> list[Plot]:
    plots = []
    for number, kind in enumerate(_KINDS):
        now, then = (100 * counts / max(counts.sum(), 1.0) for counts in drift.counts[:, number])
        known = [("then", then.tolist()), ("last 28 days", now.tolist())]
        plots.append(hours(f"Share of visits by hour, {kind}", known if then.any() else known[1:], unit="%"))
    return plots
