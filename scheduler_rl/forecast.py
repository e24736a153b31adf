"""``python -m scheduler_rl.forecast``: fit the availability forecast, and judge it on the days that follow.

Needs numpy and tqdm only. The share of stations with a free charger is so high that accuracy says nothing: judged
are the Brier score, the area under the curve and the calibration, beside three baselines. With --store the fitted
forecast is written as it is served (forecasting.artefact).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from scheduler_rl.evaluation.svg import diagram
from scheduler_rl.forecasting.artefact import Fitted
from scheduler_rl.forecasting.baselines import Baselines
from scheduler_rl.forecasting.grid import STEP_MIN, Grid, build_grid
from scheduler_rl.forecasting.model import HORIZONS_MIN, Forecast, fit_forecast, site_shares
from scheduler_rl.forecasting.promise import stay_survival
from scheduler_rl.forecasting.scores import auc, brier, reliability
from scheduler_rl.worlds.deviations import read_deviations
from scheduler_rl.worlds.files import BadFile, Sessions, read_sessions

SOURCE = "Hamburg sessions, dl-de/by-2-0, BVM and Stromnetz Hamburg; ACN-Data, CC BY 4.0, Caltech/PowerFlex"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0, or 1 with one line on standard error."""
    options = _parser().parse_args(arguments)
    try:
        _write(options, judge(options))
    except (OSError, BadFile, ValueError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


def judge(options: argparse.Namespace) -> dict[str, Any]:
    """Scores by horizon in minutes, on all days after --train-until (up to --test-until)."""
    sessions = read_sessions(options.sessions)
    grid = build_grid(sessions)
    begin = grid.until(options.train_until)
    end = grid.until(options.test_until) if options.test_until else grid.occupied.shape[1]
    if end <= begin:
        raise ValueError(f"no day after {options.train_until} to judge the forecast on")
    forecast, baselines = fit_forecast(grid, begin), Baselines(grid, begin)
    if options.store:
        options.store.write_bytes(_stored(forecast, sessions, options.train_until).to_bytes())
    result = {}
    for horizon in tqdm(HORIZONS_MIN, desc="horizons"):
        step = np.arange(begin, end - horizon // STEP_MIN)
        if len(step):
            result[str(horizon)] = _scores(grid, forecast, baselines, step, horizon)
            print(_line(horizon, result[str(horizon)]))  # noqa: T201
        else:
            print(f"{horizon:5d} min: not judged, the test days are too few")  # noqa: T201
    return result


def _write(options: argparse.Namespace, result: dict[str, Any]) -> None:
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(result, indent=1) + "\n")
    if options.plots:
        _plot(options.plots, result)


def _stored(forecast: Forecast, sessions: Sessions, until: date) -> Fitted:
    learned = sessions.day <= until.toordinal()
    facts = {"source": SOURCE, "train_until": until.isoformat(), "sessions": int(learned.sum())}
    survival = stay_survival(sessions.start[learned], sessions.stay[learned])
    return Fitted(forecast.weights, survival, read_deviations(), facts)


def _scores(grid: Grid, forecast: Forecast, baselines: Baselines, step: Any, horizon: int) -> dict[str, Any]:
    """Figures of one horizon over all sites and steps."""
    free = 1 - site_shares(grid)[1][:, step + horizon // STEP_MIN].reshape(-1)
    chance = forecast.chances(grid, step, horizon).reshape(-1)
    others = {
        "persistence": baselines.persistence(step),
        "climatology": baselines.climatology(step, horizon),
        "logistic": baselines.logistic(step, horizon),
    }
    return {
        "brier": brier(chance, free),
        "auc": auc(chance, free),
        "baselines": {
            name: {"brier": brier(its.reshape(-1), free), "auc": auc(its.reshape(-1), free)}
            for name, its in others.items()
        },
        "reliability": reliability(chance, free),
        "base_rate": float(free.mean()),
        "cases": len(free),
    }


def _line(horizon: int, scores: dict[str, Any]) -> str:
    others = ", ".join(f"{name} {its['brier']:.4f}" for name, its in scores["baselines"].items())
    area = "unknown" if scores["auc"] is None else f"{scores['auc']:.3f}"
    return f"{horizon:5d} min: Brier {scores['brier']:.4f}, AUC {area} ({others})"


def _plot(folder: Path, result: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for horizon, scores in result.items():
        points = [(one["forecast"], one["observed"]) for one in scores["reliability"]]
        plot = diagram(points, title=f"Free in {horizon} minutes", across="forecast", up="observed")
        (folder / f"reliability-{horizon}.svg").write_text(plot)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scheduler_rl.forecast", description=__doc__)
    add = parser.add_argument
    add("--sessions", type=Path, nargs="+", required=True, help="CSV of sessions, local times")
    add("--train-until", type=date.fromisoformat, required=True, help="last day that is learned from")
    add("--test-until", type=date.fromisoformat, help="last day that is judged (default: the last there is)")
    add("--json", type=Path, help="write the figures here")
    add("--store", type=Path, help="write the fitted forecast here, as it is served")
    add("--plots", type=Path, help="write reliability diagrams (SVG) into this folder")
    return parser


if __name__ == "__main__":
    sys.exit(main())
