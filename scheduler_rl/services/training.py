"""The weekly training: in a process of its own, judged on days it has not seen, kept with its judgement."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from scheduler_rl.dataset import demand_history
from scheduler_rl.models import ModelRun, PolicyVersion
from scheduler_rl.selectors import active_version, content_of
from scheduler_rl.services.runs import NotDone, running
from scheduler_rl.services.subprocesses import need, run_module
from scheduler_rl.services.versions import keep_trained
from scheduler_rl.worlds.history import History

WINDOW: Final = timedelta(days=365)
LEAST_VISITS: Final = 500
_SECONDS: Final = 50 * 60  # below the broker's visibility timeout: it is not given out twice


def train_ranker(*, now: datetime, seed: int = 1) -> ModelRun:
    """Train on the last year; the version made answers only if its judgement says so (services.versions)."""
    with running(ModelRun.Task.TRAINING, now=now) as run:
        need(["torch", "stable_baselines3", "scipy"], remedy="pip install -r requirements/ml.txt")
        active = active_version(PolicyVersion.Kind.RANKER)
        if active is None:
            raise NotDone("No version answers that a new one could be judged against.")
        last = now.date() - timedelta(days=1)
        history = demand_history(last - WINDOW + timedelta(days=1), last)
        if len(history.site) < LEAST_VISITS:
            raise NotDone(f"{len(history.site)} visits in a year; {LEAST_VISITS} are needed.")
        content, judgement = _trained(_since_first(history), content_of(active), seed)
        run.version = keep_trained(content, judgement | {"against": active.sha256}, now=now)
        gain = judgement["gain_eur"]
        run.message = (
            f"{run.version}: {run.version.get_state_display()}, saves {gain['mean']:.3f} ± {gain['ci95']:.3f} EUR per "
            f"request on {judgement['days']} simulated validation days."
        )
    return run


def _since_first(history: History) -> History:
    """Without the days before anything happened."""
    first = max(history.first_day, int(history.day.min()))
    return History(**{name: getattr(history, name) for name in history.__slots__} | {"first_day": first})


def _trained(history: History, active: bytes, seed: int) -> tuple[bytes, dict[str, Any]]:
    with TemporaryDirectory() as folder:
        names = ("history.npz", "active.npz", "network.npz", "judgement.json")
        asked, present, network, judgement = (Path(folder) / name for name in names)
        history.save(asked)
        present.write_bytes(active)
        paths = {"--history": asked, "--active": present, "--out": network, "--json": judgement}
        arguments = [str(part) for pair in paths.items() for part in pair]
        run_module("scheduler_rl.retrain", [*arguments, "--seed", str(seed)], seconds=_SECONDS)
        return network.read_bytes(), json.loads(judgement.read_text())
