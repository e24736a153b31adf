"""Which version answers: promoting one that has shown a gain, going back to one that has answered before."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from accounts.models import User
from evbooking.core import audit
from evbooking.core.errors import WrongState
from evbooking.core.locks import advisory_xact_lock
from scheduler_rl.models import Artefact, PolicyVersion
from scheduler_rl.selectors import active_version, experiment

State, Kind = PolicyVersion.State, PolicyVersion.Kind
_NO_GAIN: Final = "Validation shows no gain over the version that answers."


def shows_gain(metrics: dict[str, Any]) -> bool:
    """Whether the whole 95 % interval of the paired gain on validation days lies above zero."""
    gain = metrics.get("gain_eur") or {"mean": 0.0, "ci95": 0.0}
    return bool(gain["mean"] - gain["ci95"] > 0)


@transaction.atomic
def keep_trained(content: bytes, judgement: dict[str, Any], *, now: datetime) -> PolicyVersion:
    """Keep a network trained here with its judgement against the active version.

    Without a gain it is REJECTED; with one it answers from now on where the settings say so, else it is the
    CANDIDATE in the place of any before it. One that is known already is returned as it is.
    """
    advisory_xact_lock("policy-versions")
    sha256 = hashlib.sha256(content).hexdigest()
    if known := PolicyVersion.objects.filter(kind=Kind.RANKER, artefact=sha256).first():
        return known
    Artefact.objects.get_or_create(sha256=sha256, defaults={"content": content, "created_at": now})
    gained = shows_gain(judgement)
    version = PolicyVersion.objects.create(
        kind=Kind.RANKER,
        name="dqn",
        version=f"{now:%Y-%m-%d}-{sha256[:8]}",
        artefact_id=sha256,
        origin=PolicyVersion.Origin.TRAINED,
        metrics=judgement,
        state=State.CANDIDATE if gained else State.REJECTED,
        reason="" if gained else _NO_GAIN,
        created_at=now,
    )
    if gained:
        others = PolicyVersion.objects.filter(kind=Kind.RANKER, state=State.CANDIDATE).exclude(pk=version.pk)
        others.update(state=State.RETIRED, reason="A newer candidate came.")
        if experiment().automatic:
            return promote(version, actor=None, now=now)
    return version


@transaction.atomic
def promote(version: PolicyVersion, *, actor: User | None, now: datetime) -> PolicyVersion:
    """Have a candidate answer. Raises WrongState unless it is one and its validation shows a gain."""
    advisory_xact_lock("policy-versions")
    version.refresh_from_db()
    if version.state != State.CANDIDATE:
        raise WrongState("Only a candidate can be promoted.")
    if version.origin == PolicyVersion.Origin.TRAINED and not shows_gain(version.metrics):
        raise WrongState(_NO_GAIN)
    return _activate(version, "policy.promote", actor, now)


@transaction.atomic
def roll_back(version: PolicyVersion, *, actor: User | None, now: datetime) -> PolicyVersion:
    """Have a version answer that has answered before. Raises WrongState for any other."""
    advisory_xact_lock("policy-versions")
    version.refresh_from_db()
    if version.state != State.RETIRED or version.activated_at is None:
        raise WrongState("Only a version that has answered before can answer again.")
    return _activate(version, "policy.roll_back", actor, now)


def _activate(version: PolicyVersion, action: str, actor: User | None, now: datetime) -> PolicyVersion:
    kind = Kind(version.kind)
    before = active_version(kind)
    if before is not None:
        before.state, before.reason = State.RETIRED, f"{version} took its place."
        before.save(update_fields=["state", "reason"])
    version.state, version.reason = State.ACTIVE, ""
    version.activated_at, version.activated_by = now, actor
    version.save(update_fields=["state", "reason", "activated_at", "activated_by"])
    audit.record(
        action,
        target=version,
        actor=actor,
        before={"active": str(before) if before else None},
        after={"active": str(version), "sha256": version.sha256},
    )
    return version
