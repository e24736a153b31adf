"""The clock's tasks of the recommender; when they run stands in evbooking.core.schedule."""

from collections.abc import Callable

from celery import shared_task
from django.utils import timezone

from scheduler_rl.models import ModelRun
from scheduler_rl.services import runs
from scheduler_rl.services.outlooks import refit_outlooks as refit
from scheduler_rl.services.settling import settle_decisions as settle
from scheduler_rl.services.training import train_ranker as train


@shared_task
def refit_outlooks() -> str:
    """Every night: what stations' connectors are worth to others, and how much demand to expect."""
    return _outcome(refit)


@shared_task
def train_ranker() -> str:
    """Every week: a network of the last year; it answers only if it has shown to be better."""
    return _outcome(train)


@shared_task
def settle_decisions() -> int:
    """What came of ranked answers; how many."""
    return settle(now=timezone.now())


def _outcome(task: Callable[..., ModelRun]) -> str:
    """How the run ended; one that is under way already is left alone."""
    try:
        return str(task(now=timezone.now()).state)
    except runs.NotDone as reason:
        return str(reason)
