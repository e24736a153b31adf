"""The learned network without torch: a few matrix products in NumPy.

Q(choice) = -base / 10 + V(shared) + A(row, shared): `base` is own cost plus shadow price, so that with A = 0 the
network is the bid-price policy; A is one small network shared by all rows (the set of stations may change).
"""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np

from scheduler_rl.arrays import Floats, Singles
from scheduler_rl.policies.features import EUR, ROW, SHARED, VERSION, Observation

INVALID: Final = -1e6  # Q of what cannot be chosen
# what numpy and json raise on bytes that are no .npz, on half of one, and on one of something else
BROKEN: Final = (OSError, EOFError, BadZipFile, zlib.error, LookupError, TypeError, ValueError)


class WrongArtefact(ValueError):
    """A network file cannot be used: other bytes than promised, or other features than ours."""


@dataclass(frozen=True, slots=True)
class Layer:
    """weight: (out, in); bias: (out,)."""

    weight: Singles
    bias: Singles

    def __call__(self, rows: Singles) -> Singles:
        return rows @ self.weight.T + self.bias


@dataclass(frozen=True, slots=True)
class Network:
    """Layers of A and V, and the facts it was stored with (`facts["bid_factor"]`: the base's shadow prices are
    those of the LP times this).
    """

    advantage: tuple[Layer, ...]
    value: tuple[Layer, ...]
    facts: dict[str, Any]

    def q(self, observation: Observation) -> Floats:
        """Q in tens of EUR, (n, K + 1); INVALID where there is no candidate."""
        rows, shared = observation.rows, observation.shared
        first = self.advantage[0]
        cut = rows.shape[-1]
        # the shared part of the first product is done once per request, not once per row
        hidden = rows @ first.weight[:, :cut].T + (shared @ first.weight[:, cut:].T + first.bias)[:, None, :]
        advantage = _rest(self.advantage[1:], hidden)[..., 0]
        value = _rest(self.value[1:], self.value[0](shared))
        return np.where(observation.valid, -observation.base / EUR + value + advantage, INVALID)

    def to_bytes(self) -> bytes:
        """As a .npz file."""
        arrays = {
            f"{name}.{i}.{part}": getattr(layer, part)
            for name in ("advantage", "value")
            for i, layer in enumerate(getattr(self, name))
            for part in ("weight", "bias")
        }
        facts = np.frombuffer(json.dumps(self.facts, sort_keys=True).encode(), dtype=np.uint8)
        stream = BytesIO()
        np.savez_compressed(stream, facts=facts, **arrays)
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes, *, sha256: str | None = None) -> Network:
        """Raises WrongArtefact when the hash is not `sha256`, it is no network, or its features are not ours."""
        found = hashlib.sha256(content).hexdigest()
        if sha256 is not None and found != sha256:
            raise WrongArtefact(f"the network's sha256 is {found}, not {sha256}")
        try:
            with np.load(BytesIO(content), allow_pickle=False) as arrays:
                facts = json.loads(arrays["facts"].tobytes())
                layers = [_layers(arrays, name) for name in ("advantage", "value")]
            network = cls(layers[0], layers[1], facts)
            wide = network.advantage[0].weight.shape[1]
            float(facts["bid_factor"])
        except BROKEN as error:
            raise WrongArtefact(f"not a network: {error!r}") from error
        if facts.get("features") != VERSION or wide != len(ROW) + len(SHARED):
            raise WrongArtefact(f"the network was made for features {facts.get('features')}, not {VERSION}")
        return network

    @classmethod
    def load(cls, path: Path, *, sha256: str | None = None) -> Network:
        """Raises OSError, and WrongArtefact as from_bytes."""
        return cls.from_bytes(path.read_bytes(), sha256=sha256)


def _layers(arrays: Any, name: str) -> tuple[Layer, ...]:
    count = sum(key.startswith(f"{name}.") for key in arrays.files) // 2
    return tuple(Layer(arrays[f"{name}.{i}.weight"], arrays[f"{name}.{i}.bias"]) for i in range(count))


def _rest(layers: tuple[Layer, ...], hidden: Singles) -> Singles:
    for layer in layers:
        hidden = layer(np.maximum(hidden, 0))
    return hidden
