"""Setting how candidates are tried."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction

from accounts.models import User
from evbooking.core import audit
from scheduler_rl.models import Experiment

_FIELDS: Final = ("candidate_share", "exploration", "near_equal_eur", "automatic")


@transaction.atomic
def set_experiment(
    *, candidate_share: float, exploration: float, near_equal_eur: float, automatic: bool, actor: User
) -> Experiment:
    """Shares of one; bounds are the database's. The audit keeps what it was."""
    settings, _ = Experiment.objects.select_for_update().get_or_create(pk=1)
    before = _values(settings)
    settings.candidate_share, settings.exploration = candidate_share, exploration
    settings.near_equal_eur, settings.automatic = near_equal_eur, automatic
    settings.save()
    audit.record("policy.experiment", target=settings, actor=actor, before=before, after=_values(settings))
    return settings


def _values(settings: Experiment) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in _FIELDS}
