"""Where higher apps have a say in an account: filled in their AppConfig.ready(), asked by services.profile.

`guard_deletion(guard)`: called with the person inside the deleting transaction, under the advisory lock
`driver:<user id>`; it raises OpenBookings (or another DomainError) to refuse.
`add_export(section, provider)`: what the app knows about the person, JSON-serialisable, under that key
of `GET /me/export`.
`guard_growth(guard)`: called before an operator gets one more of something ("stations", "members"), inside the
transaction, with how to count what it has; it raises a DomainError to refuse. Whoever counts is alone with the
operator until the transaction ends, where the guard wants it so.
"""

from collections.abc import Callable
from typing import Any

from accounts.models import Operator, User

DeletionGuard = Callable[[User], None]
ExportProvider = Callable[[User], Any]
GrowthGuard = Callable[[Operator, str, Callable[[], int]], None]

_deletion_guards: list[DeletionGuard] = []
_export_providers: dict[str, ExportProvider] = {}
_growth_guards: list[GrowthGuard] = []


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


def guard_growth(guard: GrowthGuard) -> None:
    """Ask `guard` before an operator grows."""
    _growth_guards.append(guard)


def require_room(operator: Operator, what: str, count: Callable[[], int]) -> None:
    """Ask every guard whether the operator may have one more than `count()` of `what`; each may refuse."""
    for guard in _growth_guards:
        guard(operator, what, count)
