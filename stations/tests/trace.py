"""What services leave behind, as tests compare it."""

from typing import Any

from evbooking.core.models import AuditEntry, DomainEvent


def events() -> list[tuple[str, str]]:
    """Type and subject of every event, in order."""
    return list(DomainEvent.objects.order_by("id").values_list("type", "subject"))


def event_data(type_: str) -> dict[str, Any]:
    """The data of the only event of this type."""
    data: dict[str, Any] = DomainEvent.objects.get(type=type_).data
    return data


def audited() -> list[str]:
    """The actions in the audit, in order."""
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


def last_audit() -> AuditEntry:
    entry = AuditEntry.objects.order_by("id").last()
    assert entry is not None
    return entry


def nothing_written() -> bool:
    """Whether there is neither an event nor an audit entry."""
    return not events() and not audited()
