"""Where higher apps have a say in an account: filled in their AppConfig.ready(), asked by services.profile.

`guard_deletion(guard)`: called with the person inside the deleting transaction, under the advisory lock
`driver:<user id>`; it raises OpenBookings (or another DomainError) to refuse.
`add_export(section, provider)`: what the app knows about the person, JSON-serialisable, under that key
of `GET /me/export`.
"""

from collections.abc import Callable
from typing import Any

from accounts.models import User

DeletionGuard = Callable[[User], None]
ExportProvider = Callable[[User], Any]

_deletion_guards: list[DeletionGuard] = []
_export_providers: dict[str, ExportProvider] = {}


def guard_deletion(guard: DeletionGuard) -> None:
    """Ask `guard` before an account is deleted."""
    _deletion_guards.append(guard)


def deletion_guards() -> list[DeletionGuard]:
    return list(_deletion_guards)


def add_export(section: str, provider: ExportProvider) -> None:
    """Let `provider` fill `section` of a person's data export. Raises ValueError when it is taken."""
    if section in _export_providers:
        raise ValueError(f"Two providers fill the section {section!r}.")
    _export_providers[section] = provider


def export_providers() -> dict[str, ExportProvider]:
    return dict(_export_providers)
