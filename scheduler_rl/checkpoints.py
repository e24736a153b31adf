"""The shipped network and its promise."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from scheduler_rl.policies.network import Network, WrongArtefact

ARTEFACTS: Final = Path(__file__).with_name("artefacts")
SHIPPED: Final = ARTEFACTS / "dqn.npz"


def promised_sha256(path: Path) -> str | None:
    """What `<file>.sha256` beside a network says, None without one. Raises WrongArtefact if it says nothing."""
    promise = path.with_name(path.name + ".sha256")
    if not promise.exists():
        return None
    words = promise.read_text().split()
    if not words:
        raise WrongArtefact(f"{promise.name} is empty")
    return words[0]


def load_network(path: Path = SHIPPED) -> Network:
    """A network whose bytes are those promised beside it. Raises OSError, and WrongArtefact with its path."""
    try:
        return Network.load(path, sha256=promised_sha256(path))
    except WrongArtefact as error:
        raise WrongArtefact(f"{path}: {error}") from error
