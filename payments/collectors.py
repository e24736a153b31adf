"""Gauges of money at scrape time."""

from collections.abc import Iterator

from django.utils import timezone
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from evbooking.core.metrics import register_collector
from payments.models import LedgerCheck, StripeEvent


@register_collector
def ledger() -> Iterator[Metric]:
    """What the last check of the books found, and how long ago that was; nothing before the first."""
    last = LedgerCheck.objects.first()
    if last is None:
        return
    age = (timezone.now() - last.checked_at).total_seconds()
    yield GaugeMetricFamily(
        "evb_ledger_differences", "Differences of the last check of the ledger", value=last.count
    )
    yield GaugeMetricFamily("evb_ledger_check_age_seconds", "Time since the last check", value=age)


@register_collector
def stripe_events() -> Iterator[Metric]:
    dead = StripeEvent.objects.filter(state=StripeEvent.State.DEAD).count()
    yield GaugeMetricFamily(
        "evb_stripe_events_dead", "Stripe's events that wait for an administrator", value=dead
    )
