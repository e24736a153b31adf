"""The nightly refit: what stations' connectors are worth to others, and how much demand to expect."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import UUID

import numpy as np
from django.db import transaction

from scheduler_rl.dataset import demand_history
from scheduler_rl.models import ModelRun, StationOutlook
from scheduler_rl.selectors.market import RECENT
from scheduler_rl.services.runs import NotDone, running
from scheduler_rl.services.subprocesses import need, run_module
from scheduler_rl.worlds.history import History

_SECONDS: Final = 50 * 60  # below the broker's visibility timeout: it is not given out twice
_BATCH: Final = 500


def refit_outlooks(*, now: datetime) -> ModelRun:
    """Fit the outlook of every station to the last eight weeks, in a process of its own."""
    with running(ModelRun.Task.REFIT, now=now) as run:
        need(["scipy"], remedy="pip install -r requirements/runtime.txt")
        last = now.date() - timedelta(days=1)
        history = demand_history(last - RECENT + timedelta(days=1), last)
        if not len(history.site):
            raise NotDone("Nothing was booked or charged in the last eight weeks.")
        stored = keep_outlooks(history, *_fitted(history), now=now)
        run.message = f"{stored} stations from {len(history.site):,} visits of {history.days} days."
    return run


@transaction.atomic
def keep_outlooks(history: History, prices: np.ndarray, demand: np.ndarray, *, now: datetime) -> int:
    """Replace the outlooks of the history's stations; prices: (2, S, 144), demand: (2, S, 24). How many stations."""
    rows = [
        StationOutlook(
            station_id=UUID(station),
            kind=kind,
            prices=prices[number, position].tolist(),
            demand=demand[number, position].tolist(),
            fitted_at=now,
        )
        for number, kind in enumerate(StationOutlook.Kind.values)
        for position, station in enumerate(history.station.tolist())
    ]
    StationOutlook.objects.bulk_create(
        rows,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["station", "kind"],
        update_fields=["prices", "demand", "fitted_at"],
    )
    return len(history.station)


def _fitted(history: History) -> tuple[np.ndarray, np.ndarray]:
    with TemporaryDirectory() as folder:
        asked, answered = (Path(folder) / name for name in ("history.npz", "outlook.npz"))
        history.save(asked)
        run_module("scheduler_rl.refit", ["--history", str(asked), "--out", str(answered)], seconds=_SECONDS)
        with np.load(answered, allow_pickle=False) as arrays:
            return arrays["prices"], arrays["demand"]
