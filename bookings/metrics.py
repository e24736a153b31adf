"""Bookings for Prometheus: how many are open, and what has become of them."""

from collections.abc import Iterator
from typing import Final

from django.db import connection
from prometheus_client import Counter
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from bookings.event_types import BOOKING_EVENTS
from bookings.models import BLOCKING
from evbooking.core.events import subscribe
from evbooking.core.metrics import register_collector
from evbooking.core.models import DomainEvent

EVENTS: Final = Counter(
    "evb_booking_events_total", "What happened to bookings: held, expired, no_show ...", ["event"]
)

# the partial index booking_open holds just these rows
_OPEN: Final = """
SELECT status, count(*) FROM bookings_booking
WHERE status IN ('HELD', 'PENDING', 'RESERVED', 'FULFILLED') AND replaces_id IS NULL GROUP BY status
"""


@register_collector
def open_bookings() -> Iterator[Metric]:
    """Open bookings by state; those that are over are counted as events, so that a scrape stays cheap."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN)
        counts = dict(cursor.fetchall())
    gauge = GaugeMetricFamily("evb_bookings_open", "Bookings that are not over, by state", labels=["state"])
    for state in BLOCKING:
        gauge.add_metric([state], counts.get(state, 0))
    yield gauge


@subscribe(*BOOKING_EVENTS, handler="bookings.metrics")
def count_event(event: DomainEvent) -> None:
    EVENTS.labels(event.type.removeprefix("booking.")).inc()
