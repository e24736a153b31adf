"""Messages and webhooks for Prometheus: what waits by each channel, and for how long."""

from collections.abc import Iterator

from django.db import connection
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from evbooking.core.metrics import register_collector
from notifications.channels import SENDERS

_WAITING = """
    SELECT channel, count(*), coalesce(max(extract(epoch FROM clock_timestamp() - due_at)), 0)
    FROM notifications_notification WHERE state = 'QUEUED' AND due_at <= clock_timestamp() GROUP BY channel
"""
# what waits for a receiver that fails is not due
_WEBHOOKS = """
    SELECT count(*), coalesce(max(extract(epoch FROM clock_timestamp() - next_attempt_at)), 0)
    FROM notifications_webhookdelivery WHERE state = 'QUEUED' AND next_attempt_at <= clock_timestamp()
"""


@register_collector
def messages() -> Iterator[Metric]:
    waiting = GaugeMetricFamily("evb_messages_waiting", "Messages that are due", labels=["channel"])
    lag = GaugeMetricFamily("evb_messages_lag_seconds", "For how long the oldest is due", labels=["channel"])
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        found = {channel: (count, float(age)) for channel, count, age in cursor.fetchall()}
    for channel in SENDERS:
        count, age = found.get(channel, (0, 0.0))
        waiting.add_metric([channel], count)
        lag.add_metric([channel], age)
    yield from (waiting, lag)


@register_collector
def webhooks() -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute(_WEBHOOKS)
        count, age = cursor.fetchone()
    yield GaugeMetricFamily("evb_webhooks_waiting", "Webhooks that are due", value=count)
    yield GaugeMetricFamily("evb_webhooks_lag_seconds", "For how long the oldest is due", value=float(age))
