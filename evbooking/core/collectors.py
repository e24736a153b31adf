"""The core's own gauges at scrape time: how far the outbox and the audit's seals lag behind."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from evbooking.core.events import handlers
from evbooking.core.metrics import register_collector

_OUTBOX = """
    SELECT (SELECT count(*) FROM core_domainevent WHERE dispatched_at IS NULL)
         + (SELECT count(*) FROM core_eventdelivery WHERE done_at IS NULL),
           coalesce(extract(epoch FROM clock_timestamp() - least(
               (SELECT min(occurred_at) FROM core_domainevent WHERE dispatched_at IS NULL),
               (SELECT min(e.occurred_at) FROM core_domainevent e
                JOIN core_eventdelivery d ON d.event_id = e.id WHERE d.done_at IS NULL))), 0),
           (SELECT count(*) FROM core_eventdelivery WHERE done_at IS NULL AND attempts > 0 AND dead_at IS NULL),
           (SELECT count(*) FROM core_eventdelivery WHERE done_at IS NULL AND dead_at IS NOT NULL)
"""
_HANDLERS = """
    SELECT d.handler, count(*), coalesce(extract(epoch FROM clock_timestamp() - min(e.occurred_at)), 0)
    FROM core_eventdelivery d JOIN core_domainevent e ON e.id = d.event_id
    WHERE d.done_at IS NULL GROUP BY d.handler
"""
_AUDIT = """
    SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(e.at)), 0)
    FROM core_auditunsealed u LEFT JOIN core_auditentry e ON e.id = u.entry_id
"""


@dataclass(frozen=True, slots=True)
class OutboxState:
    """`pending` events and deliveries, the age of the oldest in seconds, and of the pending the failing and dead."""

    pending: int
    lag_s: float
    failing: int
    dead: int


def outbox_state() -> OutboxState:
    """How the outbox does at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTBOX)
        pending, age, failing, dead = cursor.fetchone()
    return OutboxState(pending, float(age), failing, dead)


@register_collector
def outbox() -> Iterator[Metric]:
    state = outbox_state()
    yield GaugeMetricFamily(
        "evb_outbox_pending", "Events and deliveries still to be relayed", value=state.pending
    )
    yield GaugeMetricFamily(
        "evb_outbox_lag_seconds", "Age of the oldest event not delivered", value=state.lag_s
    )
    yield GaugeMetricFamily(
        "evb_outbox_failing", "Deliveries that failed and wait for a retry", value=state.failing
    )
    yield GaugeMetricFamily("evb_outbox_dead", "Deliveries that wait for an administrator", value=state.dead)


@register_collector
def outbox_handlers() -> Iterator[Metric]:
    pending = GaugeMetricFamily("evb_outbox_handler_pending", "Deliveries not done", labels=["handler"])
    age = GaugeMetricFamily(
        "evb_outbox_handler_lag_seconds", "Age of the oldest event not delivered", labels=["handler"]
    )
    with connection.cursor() as cursor:
        cursor.execute(_HANDLERS)
        found = {handler: (count, float(oldest)) for handler, count, oldest in cursor.fetchall()}
    for handler in sorted(handlers().keys() | found.keys()):
        count, oldest = found.get(handler, (0, 0.0))
        pending.add_metric([handler], count)
        age.add_metric([handler], oldest)
    yield from (pending, age)


@register_collector
def audit() -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute(_AUDIT)
        unsealed, age = cursor.fetchone()
    yield GaugeMetricFamily("evb_audit_unsealed", "Audit entries without a seal", value=unsealed)
    yield GaugeMetricFamily("evb_audit_unsealed_seconds", "Age of the oldest of them", value=float(age))
