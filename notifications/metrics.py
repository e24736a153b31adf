"""Messages for Prometheus: what waits by each channel, and for how long."""

from collections.abc import Iterator

from django.db import connection
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from evbooking.core.metrics import register_collector
from notifications.channels import SENDERS

_WAITING = """
    SELECT channel, count(*), coalesce(max(extract(epoch FROM clock_timestamp() - due_at)), 0)
    FROM notifications_notification WHERE state = 'QUEUED' AND due_at <= clock_timestamp() GROUP BY channel
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
