"""Times Celery tasks by Celery's own signals; importing this module connects them."""

from time import perf_counter
from typing import Any

from celery.signals import task_postrun, task_prerun

from evbooking.core.metrics import TASK_SECONDS

_started: dict[str, float] = {}


@task_prerun.connect
def note_start(task_id: str, **_: Any) -> None:
    _started[task_id] = perf_counter()


@task_postrun.connect
def observe_task(task_id: str, task: Any, state: str | None = None, **_: Any) -> None:
    started = _started.pop(task_id, None)
    if started is not None:
        TASK_SECONDS.labels(task.name, state or "UNKNOWN").observe(perf_counter() - started)
