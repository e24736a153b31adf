"""The shipped network and its promise."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from scheduler_rl.policies.network import Network

ARTEFACTS: Final = Path(__file__).with_name("artefacts")
SHIPPED: Final = ARTEFACTS / "dqn.npz"


def promised_sha256(path: Path) -> str | None:
    """What `<file>.sha256` beside a network says, None without one."""
    promise = path.with_name(path.name + ".sha256")
    return promise.read_text().split()[0] if promise.exists() else None


def load_network(path: Path = SHIPPED) -> Network:
    """A network whose bytes are those promised beside it. Raises OSError and WrongArtefact."""
    return Network.load(path, sha256=promised_sha256(path))
