"""A station with one charge point, and a driver who comes every Tuesday at half past eight from 1 December 2026 on."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Operator
from bookings.models import Booking
from bookings.recurrence import parse_rule
from bookings.services.series.asking import SeriesAsk
from evbooking.core.models import DomainEvent
from stations.models import EVSE, Station
from tests.factories import make_station

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
FIRST = datetime(2026, 12, 1, 7, 30, tzinfo=UTC)  # 8:30 in Hamburg
WEEK = timedelta(weeks=1)
HOUR = timedelta(hours=1)
DAYS = [date(2026, 12, day) for day in (1, 8, 15, 22)]

Ask = Callable[..., SeriesAsk]


@pytest.fixture
def site(operator: Operator) -> Station:
    return make_station(operator, evses=1, name="Harbour", slug="harbour")


@pytest.fixture
def evse(site: Station) -> EVSE:
    return site.evses.get()


@pytest.fixture
def ask(site: Station) -> Ask:
    """Every Tuesday, four times, for an hour; `rrule` in words of RFC 5545."""

    def asked(rrule: str = "FREQ=WEEKLY;BYDAY=TU;COUNT=4", **more: Any) -> SeriesAsk:
        station = Station.objects.select_related("operator", "terms", "tariff__current").get(pk=site.pk)
        values = {"station": station, "start": FIRST, "end": FIRST + HOUR, **more}
        return SeriesAsk(rule=parse_rule(rrule), **values)

    return asked


def events(prefix: str = "series.") -> list[str]:
    """The types of what was told, in order."""
    found = DomainEvent.objects.filter(type__startswith=prefix).order_by("sequence")
    return list(found.values_list("type", flat=True))


def days_of(bookings: Any) -> list[date]:
    zone = timezone.get_fixed_timezone(60)
    return [booking.start.astimezone(zone).date() for booking in bookings.order_by("start")]


def statuses(bookings: Any) -> list[str]:
    return [
        booking.status for booking in Booking.objects.filter(pk__in=bookings.values("pk")).order_by("start")
    ]
