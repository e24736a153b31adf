"""The tables of the core: events and their deliveries, the audit and its seals, idempotency keys."""

from evbooking.core.models.audit import AuditEntry, AuditSeal, AuditUnsealed
from evbooking.core.models.event import DomainEvent, EventDelivery, EventSubject
from evbooking.core.models.idempotency import IdempotencyKey

__all__ = [
    "AuditEntry",
    "AuditSeal",
    "AuditUnsealed",
    "DomainEvent",
    "EventDelivery",
    "EventSubject",
    "IdempotencyKey",
]
