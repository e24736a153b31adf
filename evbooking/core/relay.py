"""The relay: takes committed events to their handlers, in order per subject, each once.

Two steps, each a transaction per batch. `dispatch` writes one EventDelivery per event and handler. `deliver`
takes the first open delivery of each subject and handler, runs the handler in a savepoint and marks it done in
the same transaction: a relay that dies between effect and mark leaves neither. A delivery that fails waits, with
exponential backoff, and holds back only what follows for the same subject and handler; one that has failed
MAX_ATTEMPTS times is dead, and waits for an administrator (dead_letters). Any number of relays may run: they skip
each other's rows.
"""

import logging
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from prometheus_client import Histogram

from evbooking.core.events import Handler, handlers
from evbooking.core.locks import advisory_xact_lock
from evbooking.core.models import EventDelivery
from evbooking.core.pumps import OUTBOX, pump

logger = logging.getLogger(__name__)

BATCH = 200
BATCH_SECONDS = 5.0
FIRST_RETRY = timedelta(seconds=2)
LAST_RETRY = timedelta(minutes=15)
MAX_ATTEMPTS = 20  # two and a half hours of trying
MAX_ERROR_LENGTH = 500

AGE = Histogram(
    "evb_outbox_delivery_age_seconds",
    "From the event to the end of its delivery, by handler",
    ["handler"],
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600),
)

_DISPATCH = """
    WITH batch AS (
        SELECT id FROM core_domainevent WHERE dispatched_at IS NULL ORDER BY id LIMIT %(limit)s FOR UPDATE
    ), marked AS (
        UPDATE core_domainevent e SET dispatched_at = clock_timestamp() FROM batch WHERE e.id = batch.id
        RETURNING e.id, e.type, e.subject, e.sequence
    ), written AS (
        INSERT INTO core_eventdelivery (event_id, handler, subject, sequence)
        SELECT m.id, h.handler, m.subject, m.sequence
        FROM marked m JOIN unnest(%(types)s::text[], %(handlers)s::text[]) AS h (type, handler) USING (type)
        ORDER BY m.id
    )
    SELECT count(*) FROM marked
"""

_HEADS = """
    SELECT d.id FROM core_eventdelivery d
    WHERE d.done_at IS NULL AND d.dead_at IS NULL AND d.handler = ANY(%(handlers)s)
      AND d.next_attempt_at <= %(now)s
      AND NOT EXISTS (
          SELECT 1 FROM core_eventdelivery earlier
          WHERE earlier.done_at IS NULL AND earlier.handler = d.handler
            AND earlier.subject = d.subject AND earlier.sequence < d.sequence)
    ORDER BY d.id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""


@dataclass(slots=True)
class Outcome:
    """What one batch came to: deliveries done, and the failed ones with their new attempt."""

    done: list[EventDelivery] = field(default_factory=list)
    failed: list[EventDelivery] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.done) + len(self.failed)


@pump(OUTBOX)
def relay() -> int:
    """Relay until nothing is due; returns how many deliveries were done."""
    while dispatch(BATCH):
        pass
    done = 0
    while outcome := deliver(BATCH):
        done += len(outcome.done)
    return done


def dispatch(limit: int) -> int:
    """Write the deliveries of at most `limit` events, in one transaction; returns how many events.

    One relay at a time does this, because the second of two events of a subject must not be dispatched first.
    """
    pairs = [(type_, handler.name) for handler in handlers().values() for type_ in sorted(handler.types)]
    values: dict[str, Any] = {
        "limit": limit,
        "types": [type_ for type_, _ in pairs],
        "handlers": [name for _, name in pairs],
    }
    with transaction.atomic():
        advisory_xact_lock("relay.dispatch")
        with connection.cursor() as cursor:
            cursor.execute(_DISPATCH, values)
            return int(cursor.fetchone()[0])


def deliver(limit: int) -> Outcome:
    """Run at most `limit` due deliveries, effects and marks in one transaction.

    After BATCH_SECONDS no further one is begun: a handler that waits for something slow must not make the others'
    rows wait with it. What was not begun is due in the next batch.
    """
    outcome = Outcome()
    end = monotonic() + BATCH_SECONDS
    with transaction.atomic():
        for delivery in _due(limit):
            _attempt(delivery, handlers()[delivery.handler], outcome)
            if monotonic() > end:
                break
        EventDelivery.objects.filter(pk__in=[one.pk for one in outcome.done]).update(
            done_at=timezone.now(), attempts=F("attempts") + 1, last_error=""
        )
        EventDelivery.objects.bulk_update(
            outcome.failed, ["attempts", "next_attempt_at", "last_error", "dead_at"]
        )
    _observe_ages(outcome.done)
    return outcome


def retry_delay(attempts: int) -> timedelta:
    """The wait after this many failed attempts: 2 s doubled each time, at most 15 min, half of it by chance."""
    ceiling: timedelta = min(FIRST_RETRY * 2 ** min(attempts - 1, 12), LAST_RETRY)
    return ceiling * random.uniform(0.5, 1)  # noqa: S311 - jitter, no secret


def _due(limit: int) -> Iterable[EventDelivery]:
    values: dict[str, Any] = {"handlers": list(handlers()), "now": timezone.now(), "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, values)
        ids = [id_ for (id_,) in cursor.fetchall()]
    return EventDelivery.objects.filter(pk__in=ids).select_related("event").order_by("pk")


def _observe_ages(done: Iterable[EventDelivery]) -> None:
    now = timezone.now()
    for delivery in done:
        AGE.labels(delivery.handler).observe((now - delivery.event.occurred_at).total_seconds())


def _attempt(delivery: EventDelivery, handler: Handler, outcome: Outcome) -> None:
    try:
        with transaction.atomic():
            handler.handle(delivery.event)
    except Exception as error:
        logger.exception("%s failed on event %s", handler.name, delivery.event_id)
        _note_failure(delivery, error)
        outcome.failed.append(delivery)
    else:
        outcome.done.append(delivery)


def _note_failure(delivery: EventDelivery, error: Exception) -> None:
    now = timezone.now()
    delivery.attempts += 1
    delivery.next_attempt_at = now + retry_delay(delivery.attempts)
    delivery.last_error = f"{type(error).__name__}: {error}"[:MAX_ERROR_LENGTH]
    delivery.dead_at = now if delivery.attempts >= MAX_ATTEMPTS else None
