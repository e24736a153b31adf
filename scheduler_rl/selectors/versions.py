"""Which version answers, which is on trial, and how."""

from __future__ import annotations

from scheduler_rl.models import Artefact, Experiment, PolicyVersion


def active_version(kind: PolicyVersion.Kind) -> PolicyVersion | None:
    """The version that answers, one query; None: nothing learned answers."""
    return PolicyVersion.objects.filter(kind=kind, state=PolicyVersion.State.ACTIVE).first()


def candidate_version(kind: PolicyVersion.Kind) -> PolicyVersion | None:
    """The newest version on trial: scored alongside, and shown to its share of drivers; None without one."""
    return PolicyVersion.objects.filter(kind=kind, state=PolicyVersion.State.CANDIDATE).first()


def content_of(version: PolicyVersion) -> bytes:
    """The artefact's bytes; whoever loads them checks them against `version.sha256`."""
    return bytes(Artefact.objects.values_list("content", flat=True).get(pk=version.artefact_id))


def experiment() -> Experiment:
    """How candidates are tried; unsaved defaults where nobody has chosen."""
    return Experiment.objects.filter(pk=1).first() or Experiment()
