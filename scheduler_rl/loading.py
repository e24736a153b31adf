"""Artefacts of active versions, loaded once per process and checked against their sha256."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic, TypeVar

from scheduler_rl.models import Artefact, PolicyVersion
from scheduler_rl.policies.network import WrongArtefact
from scheduler_rl.selectors import content_of

T = TypeVar("T")
_KEPT: Final = 4  # the active one, one on trial, and those before them


class CannotLoad(Exception):
    """A version's artefact is gone or is not what its sha256 promises; `reason` is a label of a metric."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Loaded(Generic[T]):
    """What `load(content, sha256)` made of artefacts; `load` raises WrongArtefact."""

    def __init__(self, load: Callable[[bytes, str], T]) -> None:
        self._load = load
        self._kept: dict[str, T] = {}

    def of(self, version: PolicyVersion) -> T:
        """One query when the version is new to the process, none else. Raises CannotLoad."""
        if version.sha256 not in self._kept:
            found = self._read(version)
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[version.sha256] = found
        return self._kept[version.sha256]

    def _read(self, version: PolicyVersion) -> T:
        try:
            return self._load(content_of(version), version.sha256)
        except Artefact.DoesNotExist as error:
            raise CannotLoad("no_artefact", f"the artefact of {version} is gone") from error
        except WrongArtefact as error:
            raise CannotLoad("wrong_artefact", f"{version}: {error}") from error
