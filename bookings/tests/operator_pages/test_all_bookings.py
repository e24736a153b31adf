"""All bookings of an operator: filters, pages, and what cannot be read."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from bookings.models import Booking
from bookings.tests.operator_pages.desk import ROOT, START, ref, text
from bookings.views.operator.bookings import PER_PAGE
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import Station
from tests.factories import make_booking, make_station

DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


def found(client: Client, **asked: str) -> list[str]:
    """The references listed, in order."""
    page = text(client.get(f"{ROOT}all/", asked))
    return re.findall(rf'<th scope="row"><a href="{ROOT}([A-Z2-9]{{8}})/"', page)


def test_the_latest_start_comes_first_and_a_rivals_never(
    desk: Client, driver: User, rival: User, booking: Booking
) -> None:
    later = make_booking(booking.evse, driver, start=START + DAY)
    make_booking(make_station(rival.operators.get()).evses.get(), driver, start=START)
    assert found(desk) == [later.reference, booking.reference]


def test_a_station_a_state_and_a_reference_narrow_it(
    desk: Client, driver: User, booking: Booking, pending: Booking
) -> None:
    elsewhere = make_booking(make_station(booking.station.operator).evses.get(), driver, start=START)
    assert found(desk, station=str(elsewhere.station_id)) == [elsewhere.reference]
    assert found(desk, state="PENDING") == [pending.reference]
    assert found(desk, reference=f" {ref(booking).lower()} ") == [booking.reference]
    assert found(desk, reference="ZZ") == []
    assert len(found(desk, reference="TEST")) == 3


def test_days_are_those_of_the_site_and_the_last_one_counts(
    desk: Client, driver: User, station: Station
) -> None:
    evse = station.evses.all()[0]
    before_midnight = make_booking(evse, driver, start=START.replace(hour=22), minutes=30)
    after_midnight = make_booking(evse, driver, start=START.replace(hour=23), minutes=30)
    assert found(desk, first="2026-12-01", last="2026-12-01") == [before_midnight.reference]
    assert found(desk, first="2026-12-02") == [after_midnight.reference]


def test_pages_hold_fifty(desk: Client, driver: User, station: Station) -> None:
    evse = station.evses.all()[0]
    for day in range(PER_PAGE + 1):
        make_booking(evse, driver, start=START + day * DAY, status=S.COMPLETED)
    first, second = found(desk), found(desk, page="2")
    assert (len(first), len(second)) == (50, 1)
    assert set(first).isdisjoint(second)
    assert 'rel="next"' in text(desk.get(f"{ROOT}all/"))
    assert 'rel="next"' not in text(desk.get(f"{ROOT}all/?page=2"))


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 5000, "²"])
def test_what_is_no_page_is_the_first(desk: Client, booking: Booking, page: str) -> None:
    assert found(desk, page=page) == [booking.reference]


@pytest.mark.parametrize(
    "asked",
    [
        {"state": "LOST"},
        {"first": "yesterday"},
        {"last": "9999-12-31"},
        {"reference": "x" * 9},
        {"reference": "\x00"},
    ],
)
def test_what_cannot_be_read_is_marked_and_nothing_listed(
    desk: Client, booking: Booking, asked: dict[str, str]
) -> None:
    answer = desk.get(f"{ROOT}all/", asked)
    assert answer.status_code == 200
    assert "Some of this cannot be read" in text(answer)
    assert ref(booking) not in text(answer)


def test_where_nothing_fits_a_way_back_is_offered(desk: Client, station: Station) -> None:
    assert "No booking fits" in text(desk.get(f"{ROOT}all/"))
