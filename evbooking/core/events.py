"""The outbox: `publish` writes an event with its fact; `subscribe` names who is told, by the relay, after commit."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from psycopg.types.json import Jsonb

from evbooking.core.event_types import check_data, event_types, refuse_unknown
from evbooking.core.models import DomainEvent
from evbooking.core.pumps import OUTBOX, wake_after_commit

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

_PUBLISH = """
    WITH counted AS (
        INSERT INTO core_eventsubject AS s (subject, last) VALUES (%(subject)s, 1)
        ON CONFLICT (subject) DO UPDATE SET last = s.last + 1
        RETURNING last
    )
    INSERT INTO core_domainevent (type, version, subject, sequence, data, occurred_at)
    SELECT %(type)s, %(version)s, %(subject)s, last, %(data)s, %(occurred_at)s FROM counted
    RETURNING id, sequence
"""


@dataclass(frozen=True, slots=True)
class Handler:
    """A subscriber: its stable name (deliveries are kept under it), the types it wants, and what it does."""

    name: str
    types: frozenset[str]
    handle: Callable[[DomainEvent], None]


_handlers: dict[str, Handler] = {}


def publish(
    type_: str, *, subject: str, data: dict[str, Any], actor: "AbstractBaseUser | None" = None, now: datetime
) -> DomainEvent:
    """Write an event of `subject` ("booking:<uuid>") into the caller's transaction and return it.

    One statement: the subject's counter row is locked until commit, so sequences have no gap and events of one
    subject become visible in order, while other subjects are untouched. A service that publishes about several
    subjects does so in sorted order. Raises RuntimeError outside a transaction, ValueError for an unknown type.
    """
    refuse_unknown(type_)
    if not connection.in_atomic_block:
        raise RuntimeError("An event is published in the transaction that writes its fact.")
    data = {**data, "actor": str(actor.pk) if actor else None}
    verify(type_, data)
    version = event_types()[type_].version
    values: dict[str, Any] = {
        "type": type_,
        "version": version,
        "subject": subject,
        "data": Jsonb(data, _dumps),
        "occurred_at": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PUBLISH, values)
        id_, sequence = cursor.fetchone()
    wake_after_commit(OUTBOX)
    return DomainEvent(
        id=id_, type=type_, version=version, subject=subject, sequence=sequence, data=data, occurred_at=now
    )


def subscribe(
    *types: str, handler: str
) -> Callable[[Callable[[DomainEvent], None]], Callable[[DomainEvent], None]]:
    """Register the decorated function under the name `handler` ("live.push") for these event types.

    It runs in the relay's transaction, so what it writes to the database is done exactly once. What it does
    outside may be done again after a crash: pass `event.id` on as the idempotency key, and leave slow or
    unreliable work (mail, webhooks) to a task of its own that starts from a row written here.
    """
    if not types:
        raise ValueError(f"Which events does {handler!r} want?")
    refuse_unknown(*types)
    if handler in _handlers:
        raise ValueError(f"Two handlers are named {handler!r}.")

    def register(handle: Callable[[DomainEvent], None]) -> Callable[[DomainEvent], None]:
        _handlers[handler] = Handler(handler, frozenset(types), handle)
        return handle

    return register


def verify(type_: str, data: dict[str, Any]) -> None:
    """Raise BadEventData where EVB_CHECK_EVENTS is on (it is in tests) and `data` breaks the type's schema."""
    if settings.EVB_CHECK_EVENTS:
        check_data(type_, json.loads(_dumps(data)))


def handlers() -> dict[str, Handler]:
    """The registered handlers by name."""
    return _handlers


def _dumps(value: object) -> str:
    return _ENCODER.encode(value)


class _Encoder(DjangoJSONEncoder):
    """Instants in UTC with Z, whatever zone somebody's clock had."""

    def default(self, o: Any) -> Any:
        return super().default(o.astimezone(UTC) if isinstance(o, datetime) else o)


_ENCODER = _Encoder(separators=(",", ":"), ensure_ascii=False)
