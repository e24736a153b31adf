"""Keeping book of the nightly and weekly tasks: one of each sort at a time, each with its end in words."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from scheduler_rl.models import ModelRun

logger = logging.getLogger(__name__)
LONGEST: Final = timedelta(hours=6)  # more than any task may take: its process has died
_WORDS: Final = 500
State = ModelRun.State


class NotDone(Exception):
    """The task cannot be done here, and says why; nothing has changed."""


class Failed(Exception):
    """The task was begun and went wrong; nothing has changed."""


@contextmanager
def running(task: ModelRun.Task, *, now: datetime) -> Iterator[ModelRun]:
    """A run that ends DONE, SKIPPED by NotDone or FAILED by any other error; whoever enters sets its message.

    Raises NotDone without a trace when one is running already. NotDone and Failed end here, other errors go on.
    """
    run = _begin(task, now)
    try:
        yield run
    except NotDone as reason:
        _end(run, State.SKIPPED, str(reason))
    except Failed as reason:
        _end(run, State.FAILED, str(reason))
    except BaseException as error:
        _end(run, State.FAILED, f"{type(error).__name__}: {error}")
        raise
    else:
        _end(run, State.DONE, run.message)


def _begin(task: ModelRun.Task, now: datetime) -> ModelRun:
    stale = ModelRun.objects.filter(task=task, state=State.RUNNING, started_at__lt=now - LONGEST)
    stale.update(state=State.FAILED, finished_at=now, message="It did not end; its process has died.")
    try:
        with transaction.atomic():
            return ModelRun.objects.create(task=task, started_at=now)
    except IntegrityError as error:
        raise NotDone("It is running already.") from error


def _end(run: ModelRun, state: ModelRun.State, message: str) -> None:
    run.state, run.message, run.finished_at = state, message[:_WORDS], timezone.now()
    run.save(update_fields=["state", "message", "finished_at", "version"])
    logger.info("%s: %s. %s", run, run.get_state_display(), message)
