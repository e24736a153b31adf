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
_LOCK: Final = "policy-versions"
_NO_GAIN: Final = "Validation shows no gain over the version that answers."
_OTHER: Final = "Another version has come to answer since it was judged."


def shows_gain(metrics: dict[str, Any]) -> bool:
    """Whether the whole 95 % interval of the paired gain on validation days lies above zero."""
    gain = metrics.get("gain_eur") or {"mean": 0.0, "ci95": 0.0}
    return bool(gain["mean"] - gain["ci95"] > 0)


@transaction.atomic
def keep_trained(content: bytes, judgement: dict[str, Any], *, now: datetime) -> PolicyVersion:
    """Keep a network trained here with its judgement against the active version.

    Without a gain it is REJECTED; with one it answers from now on where the settings say so, else it is the
    CANDIDATE in the place of any before it: also where the version it was judged `against` (its sha256 in the
    judgement) answers no longer. One that is known already is returned as it is.
    """
    advisory_xact_lock(_LOCK)
    if known := _known(content):
        return known
    if not shows_gain(judgement):
        return _keep(content, State.REJECTED, now, reason=_NO_GAIN, metrics=judgement)
    active = active_version(Kind.RANKER)
    if active is not None and judgement.get("against", active.sha256) != active.sha256:
        return put_on_trial(content, now=now, metrics=judgement, reason=_OTHER)
    version = put_on_trial(content, now=now, metrics=judgement)
    return promote(version, actor=None, now=now) if experiment().automatic else version


@transaction.atomic
def put_on_trial(
    content: bytes, *, now: datetime, reason: str = "", metrics: dict[str, Any] | None = None
) -> PolicyVersion:
    """Make a network the CANDIDATE, in the place of any before it; one that is known is returned as it is."""
    advisory_xact_lock(_LOCK)
    if known := _known(content):
        return known
    others = PolicyVersion.objects.filter(kind=Kind.RANKER, state=State.CANDIDATE)
    others.update(state=State.RETIRED, reason="A newer candidate came.")
    return _keep(content, State.CANDIDATE, now, reason=reason, metrics=metrics or {})


def _known(content: bytes) -> PolicyVersion | None:
    sha256 = hashlib.sha256(content).hexdigest()
    return PolicyVersion.objects.filter(kind=Kind.RANKER, artefact=sha256).first()


def _keep(
    content: bytes, state: PolicyVersion.State, now: datetime, *, reason: str, metrics: dict[str, Any]
) -> PolicyVersion:
    sha256 = hashlib.sha256(content).hexdigest()
    Artefact.objects.get_or_create(sha256=sha256, defaults={"content": content, "created_at": now})
    return PolicyVersion.objects.create(
        kind=Kind.RANKER,
        name="dqn",
        version=f"{now:%Y-%m-%d}-{sha256[:8]}",
        artefact_id=sha256,
        origin=PolicyVersion.Origin.TRAINED,
        metrics=metrics,
        state=state,
        reason=reason,
        created_at=now,
    )


@transaction.atomic
def promote(version: PolicyVersion, *, actor: User | None, now: datetime) -> PolicyVersion:
    """Have a candidate answer. Raises WrongState unless it is one and its validation shows a gain."""
    advisory_xact_lock(_LOCK)
    version.refresh_from_db()
    if version.state != State.CANDIDATE:
        raise WrongState("Only a candidate can be promoted.")
    if version.origin == PolicyVersion.Origin.TRAINED and not shows_gain(version.metrics):
        raise WrongState(_NO_GAIN)
    return _activate(version, "policy.promote", actor, now)


@transaction.atomic
def roll_back(version: PolicyVersion, *, actor: User | None, now: datetime) -> PolicyVersion:
    """Have a version answer that has answered before. Raises WrongState for any other."""
    advisory_xact_lock(_LOCK)
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
