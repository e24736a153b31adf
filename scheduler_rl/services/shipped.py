"""The files of `artefacts/` as versions of the database: answering, promoting and rolling back know one place."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from scheduler_rl.checkpoints import ARTEFACTS
from scheduler_rl.models import Artefact, PolicyVersion

Kind = PolicyVersion.Kind
FILES: Final = {Kind.RANKER: "dqn.npz", Kind.FORECAST: "forecast.npz"}


@transaction.atomic
def register_shipped(folder: Path = ARTEFACTS) -> list[PolicyVersion]:
    """Make a version of each shipped file that has none, and return those made.

    It is ACTIVE at once where none of its kind is, or where the present one was shipped, too: whoever updates the
    software wants its network. A version trained here stays; the shipped one is then a candidate beside it.
    """
    paths = ((kind, folder / name) for kind, name in FILES.items())
    return [made for kind, path in paths if path.exists() and (made := _register(kind, path))]


def _metrics(path: Path) -> dict[str, Any]:
    """How it was judged and on which hours it was trained: the file beside it, if there is one."""
    return dict(json.loads(path.read_text())) if path.exists() else {}


def after_migrate(**_signal: object) -> None:
    """Django's post_migrate: also after a database was flushed."""
    register_shipped()


def _register(kind: PolicyVersion.Kind, path: Path) -> PolicyVersion | None:
    content = path.read_bytes()
    sha256, now = hashlib.sha256(content).hexdigest(), timezone.now()
    versions = PolicyVersion.objects.filter(kind=kind)
    if versions.filter(artefact=sha256).exists():
        return None
    Artefact.objects.get_or_create(sha256=sha256, defaults={"content": content, "created_at": now})
    replaceable = versions.filter(state=PolicyVersion.State.ACTIVE, origin=PolicyVersion.Origin.SHIPPED)
    replaceable.update(state=PolicyVersion.State.RETIRED, reason="A newer one came with the software.")
    active = not versions.filter(state=PolicyVersion.State.ACTIVE).exists()
    return PolicyVersion.objects.create(
        kind=kind,
        name=path.stem,
        version=f"shipped-{sha256[:8]}",
        artefact_id=sha256,
        origin=PolicyVersion.Origin.SHIPPED,
        metrics=_metrics(path.with_suffix(".json")),
        state=PolicyVersion.State.ACTIVE if active else PolicyVersion.State.CANDIDATE,
        created_at=now,
        activated_at=now if active else None,
    )
