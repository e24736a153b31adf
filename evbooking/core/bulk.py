"""The doors of the audit and the outbox for thousands of facts at once: imports write them in a few statements.

What is written is what `audit.record` and `events.publish` write, in the order given.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from evbooking.core.event_types import event_types, refuse_unknown
from evbooking.core.events import verify
from evbooking.core.models import AuditEntry, DomainEvent
from evbooking.core.pumps import OUTBOX, wake_after_commit
from evbooking.core.request_context import current_address

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

_BATCH = 1_000
_COUNT = """
    INSERT INTO core_eventsubject AS s (subject, last)
    SELECT * FROM unnest(%s::text[], %s::int[])
    ON CONFLICT (subject) DO UPDATE SET last = s.last + excluded.last
    RETURNING subject, last
"""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing done to `target`: an audit entry, and the event `type_` of `subject` about it with `data`."""

    action: str
    target: Model
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    type_: str
    subject: str
    data: dict[str, Any]
    reason: str = ""


def record_and_publish(facts: Sequence[Fact], *, actor: "AbstractBaseUser | None", now: datetime) -> None:
    """Write the audit entries and events of the facts into the caller's transaction.

    Values are JSON. The counters of all subjects are locked in sorted order, as everywhere. Raises RuntimeError
    outside a transaction, ValueError for an unknown type of event.
    """
    refuse_unknown(*(fact.type_ for fact in facts))
    if not connection.in_atomic_block:
        raise RuntimeError("Facts are recorded in the transaction that writes them.")
    if not facts:
        return
    actor_id = actor.pk if actor else None
    AuditEntry.objects.bulk_create([_entry(fact, actor_id) for fact in facts], batch_size=_BATCH)
    DomainEvent.objects.bulk_create(_events(facts, actor_id, now), batch_size=_BATCH)
    wake_after_commit(OUTBOX)


def _entry(fact: Fact, actor_id: Any) -> AuditEntry:
    return AuditEntry(
        at=timezone.now(),
        actor_id=actor_id,
        address=current_address(),
        action=fact.action,
        target_type=fact.target._meta.label_lower,
        target_id=str(fact.target.pk),
        before=fact.before,
        after=fact.after,
        reason=fact.reason,
    )


def _events(facts: Sequence[Fact], actor_id: Any, now: datetime) -> list[DomainEvent]:
    counts = Counter(fact.subject for fact in facts)
    subjects = sorted(counts)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [subjects, [counts[subject] for subject in subjects]])
        reached = {subject: last - counts[subject] for subject, last in cursor.fetchall()}
    events = []
    for fact in facts:
        reached[fact.subject] += 1
        data = {**fact.data, "actor": str(actor_id) if actor_id else None}
        verify(fact.type_, data)
        events.append(
            DomainEvent(
                type=fact.type_,
                version=event_types()[fact.type_].version,
                subject=fact.subject,
                sequence=reached[fact.subject],
                data=data,
                occurred_at=now,
            )
        )
    return events
