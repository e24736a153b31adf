"""Demands that an evaluation has finished, kept beside its JSON until all are done: one that was stopped goes on."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Final

from scheduler_rl.evaluation.world import digest_of

_FREE: Final = {"json", "report", "demand"}  # options that do not change the figures of a demand


class Finished:
    """The figures of finished demands, by name, of a run with the same options and files; in OUT.part."""

    def __init__(self, out: Path | None, digest: str) -> None:
        self._path = _part(out)
        self._digest = digest
        self._levels: dict[str, Any] = {}
        if self._path and self._path.exists():
            kept = json.loads(self._path.read_text())
            self._levels = kept["demand"] if kept["of"] == digest else {}

    def get(self, demand: str) -> dict[str, Any] | None:
        """The policies' figures, None where that demand is still to be played."""
        return self._levels.get(demand)

    def keep(self, demand: str, policies: dict[str, Any]) -> None:
        """Whole files only: a run may be stopped at any time."""
        self._levels[demand] = policies
        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            half = self._path.with_name(f"{self._path.name}.half")
            half.write_text(json.dumps({"of": self._digest, "demand": self._levels}))
            half.replace(self._path)


def forget(out: Path | None) -> None:
    """All is done and written."""
    if part := _part(out):
        part.unlink(missing_ok=True)


def _part(out: Path | None) -> Path | None:
    return out and out.with_name(f"{out.name}.part")


def digest_of_run(options: argparse.Namespace) -> str:
    """Names the options of a run and what stands in its files. Raises OSError."""
    asked = {name: str(value) for name, value in vars(options).items() if name not in _FREE}
    files = (options.sites, *(options.sessions or ()), options.prices, *options.checkpoint)
    return digest_of(json.dumps(asked, sort_keys=True), filter(None, files))
