"""The audit's door: `record` writes an entry into the transaction of the fact it is about."""

from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Model
from django.utils import timezone
from psycopg.types.json import Jsonb

from evbooking.core.request_context import current_address

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

_RECORD = """
    INSERT INTO core_auditentry (at, actor_id, address, action, target_type, target_id, before, after, reason)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
    RETURNING id
"""
_ENCODER = DjangoJSONEncoder(separators=(",", ":"), ensure_ascii=False)


def record(
    action: str,
    *,
    target: Model,
    actor: "AbstractBaseUser | None",
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    reason: str = "",
) -> int:
    """Record that `actor` (None: the system) did `action` ("station.approve") to `target`; returns the entry's id.

    `before` and `after` hold the values that changed. The address is that of the request being served.
    Takes no lock that others wait for. Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An audit entry is written in the transaction of its fact.")
    values: list[Any] = [
        timezone.now(),
        actor.pk if actor else None,
        current_address(),
        action,
        target._meta.label_lower,
        str(target.pk),
        _json(before),
        _json(after),
        reason,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, values)
        return int(cursor.fetchone()[0])


def _json(value: dict[str, Any] | None) -> Jsonb | None:
    return None if value is None else Jsonb(value, _ENCODER.encode)
