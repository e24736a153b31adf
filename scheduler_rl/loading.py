"""Artefacts of active versions, loaded once per process and checked against their sha256."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

from django.db import connection

from scheduler_rl.models import Artefact
from scheduler_rl.policies.network import WrongArtefact

T = TypeVar("T")
_ANSWERING: Final = (
    "SELECT name, version, sha256 FROM scheduler_rl_policyversion WHERE kind = %s AND state = 'ACTIVE'"
)
_KEPT: Final = 4  # the active one, one on trial, and those before them


class Versioned(Protocol):
    """What a PolicyVersion and an Answering have in common."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def sha256(self) -> str: ...


class Answering(NamedTuple):
    """The version that answers, without what only administrators look at."""

    name: str
    version: str
    sha256: str


class CannotLoad(Exception):
    """A version's artefact is gone or is not what its sha256 promises; `reason` is a label of a metric."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def answering(kind: str) -> Answering | None:
    """The active version of a PolicyVersion.Kind, one cheap query at every answer; None: nothing learned answers."""
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERING, [str(kind)])
        found = cursor.fetchone()
    return found and Answering(*found)


class Loaded(Generic[T]):
    """What `load(content, sha256)` made of artefacts; `load` raises WrongArtefact."""

    def __init__(self, load: Callable[[bytes, str], T]) -> None:
        self._load = load
        self._kept: dict[str, T] = {}

    def of(self, version: Versioned) -> T:
        """One query when the version is new to the process, none else. Raises CannotLoad."""
        found = self._kept.get(version.sha256)
        if found is None:  # and whoever found it keeps it, should another thread clear the rest
            found = self._read(version)
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[version.sha256] = found
        return found

    def _read(self, version: Versioned) -> T:
        try:
            content = Artefact.objects.values_list("content", flat=True).get(pk=version.sha256)
            return self._load(bytes(content), version.sha256)
        except Artefact.DoesNotExist as error:
            raise CannotLoad(
                "no_artefact", f"the artefact of {version.name} {version.version} is gone"
            ) from error
        except WrongArtefact as error:
            raise CannotLoad("wrong_artefact", f"{version.name} {version.version}: {error}") from error
