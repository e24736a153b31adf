"""The fitted forecast as one file: what is served, with the source of its figures inside."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import numpy as np

from scheduler_rl.arrays import Floats
from scheduler_rl.forecasting.model import HORIZONS_MIN, Weights
from scheduler_rl.policies.network import BROKEN, WrongArtefact
from scheduler_rl.worlds.deviations import Deviations

FORMAT: Final = "1"


@dataclass(frozen=True, slots=True)
class Fitted:
    """weights by horizon in minutes (forecasting.model), survival of unbooked stays and deviations of booked ones
    (forecasting.promise), facts: where it all comes from.
    """

    weights: dict[int, Weights]
    survival: Floats
    deviations: Deviations
    facts: dict[str, Any]

    def to_bytes(self) -> bytes:
        """As a .npz file."""
        arrays = {
            f"{horizon}.{part}": figures
            for horizon, its in self.weights.items()
            for part, figures in its._asdict().items()
        }
        known = {**self.facts, "format": FORMAT}
        stream = BytesIO()
        np.savez_compressed(
            stream,
            allow_pickle=False,
            facts=np.frombuffer(json.dumps(known, sort_keys=True).encode(), dtype=np.uint8),
            survival=self.survival,
            ratios=np.array(self.deviations.ratios),
            chances=np.array([self.deviations.no_show, self.deviations.fault, self.deviations.fault_hours]),
            **arrays,
        )
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes, *, sha256: str | None = None) -> Fitted:
        """Raises WrongArtefact when the hash is not `sha256`, it is no forecast, or of another format."""
        found = hashlib.sha256(content).hexdigest()
        if sha256 is not None and found != sha256:
            raise WrongArtefact(f"the forecast's sha256 is {found}, not {sha256}")
        try:
            with np.load(BytesIO(content), allow_pickle=False) as arrays:
                facts = json.loads(arrays["facts"].tobytes())
                weights = {
                    horizon: Weights(*(arrays[f"{horizon}.{part}"] for part in Weights._fields))
                    for horizon in HORIZONS_MIN
                }
                deviations = Deviations(tuple(arrays["ratios"].tolist()), *arrays["chances"].tolist())
                survival = arrays["survival"]
        except BROKEN as error:
            raise WrongArtefact(f"not a forecast: {error!r}") from error
        if facts.get("format") != FORMAT:
            raise WrongArtefact(f"the forecast is of format {facts.get('format')}, not {FORMAT}")
        return cls(weights, survival, deviations, facts)
