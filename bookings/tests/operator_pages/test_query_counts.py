"""What the staff's pages cost in SQL statements: reviewed numbers, the same however much there is."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from bookings.tests.operator_pages.desk import ROOT, START
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import EVSE, Station
from tests.factories import make_booking, make_vehicle

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(driver: User, station: Station) -> Station:
    """Two EVSEs, one out of service, with eight bookings of cars, half of them waiting."""
    car = make_vehicle(driver)
    first, second = station.evses.all()
    for hour in range(4):
        start = START + timedelta(hours=hour)
        make_booking(first, driver, start=start, vehicle=car)
        answer_by = timezone.now() + timedelta(minutes=30)
        make_booking(second, driver, start=start, vehicle=car, status=S.PENDING, answer_by=answer_by)
    EVSE.objects.filter(pk=first.pk).update(inhibits=["fault"])
    return station


@pytest.mark.parametrize(
    ("path", "statements"),
    [("", 11), ("all/", 6), ("utilisation/", 7), ("utilisation/?station={station}", 10), ("{reference}/", 5)],
)
def test_pages_cost_the_same_for_one_booking_and_for_eight(
    desk: Client,
    busy: Station,
    path: str,
    statements: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    kept = busy.bookings.order_by("start")[0]
    url = ROOT + path.format(station=busy.pk, reference=kept.reference)
    desk.get(f"{ROOT}?station={busy.pk}")
    with django_assert_num_queries(statements):
        assert desk.get(url).status_code == 200
    busy.bookings.exclude(pk=kept.pk).exclude(status=S.PENDING).delete()
    with django_assert_num_queries(statements):
        assert desk.get(url).status_code == 200
