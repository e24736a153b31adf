"""What an EVSE is shown as, cause by cause."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from bookings.selectors import shown_status, station_status
from evbooking.core.ocpi import ReservationStatus, Status
from stations.models import EVSE, Station
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime.fromisoformat("2026-12-01T07:00:00+00:00")
MINUTE = timedelta(minutes=1)


def shown(evse: EVSE) -> tuple[Status, bool]:
    status = shown_status([evse.pk], NOW)[evse.pk]
    return status.status, status.stale


@pytest.mark.parametrize(
    ("inhibits", "status"),
    [
        (["fault"], Status.OUTOFORDER),
        (["operator"], Status.INOPERATIVE),
        (["maintenance"], Status.INOPERATIVE),
        (["weather"], Status.INOPERATIVE),
        (["offline"], Status.UNKNOWN),
        (["offline", "weather"], Status.INOPERATIVE),
        (["operator", "offline", "fault"], Status.OUTOFORDER),
        ([], Status.CHARGING),
    ],
)
def test_an_inhibit_cause_decides_before_a_running_visit(
    driver: User, inhibits: list[str], status: Status
) -> None:
    evse = factories.make_station(evses=0)
    unit = factories.make_evse(evse, inhibits=inhibits)
    factories.make_booking(unit, driver, start=NOW, status=ReservationStatus.FULFILLED)
    assert shown(unit) == (status, False)


@pytest.mark.parametrize(
    ("booked", "start", "status"),
    [
        (ReservationStatus.RESERVED, 0, Status.RESERVED),
        (ReservationStatus.PENDING, -59, Status.RESERVED),
        (ReservationStatus.RESERVED, -60, Status.AVAILABLE),
        (ReservationStatus.RESERVED, 1, Status.AVAILABLE),
        (ReservationStatus.FULFILLED, 10, Status.CHARGING),
        (ReservationStatus.FULFILLED, -90, Status.CHARGING),
        (ReservationStatus.CANCELED, 0, Status.AVAILABLE),
        (ReservationStatus.COMPLETED, -10, Status.AVAILABLE),
    ],
)
def test_bookings_show_while_they_hold_the_evse(
    driver: User, booked: ReservationStatus, start: int, status: Status
) -> None:
    """An hour's booking that starts so many minutes from now; the window is half-open."""
    evse = factories.make_station().evses.get()
    factories.make_booking(evse, driver, start=NOW + start * MINUTE, status=booked)
    assert shown(evse) == (status, False)


@pytest.mark.parametrize(("left", "status"), [(1, Status.RESERVED), (0, Status.AVAILABLE)])
def test_a_hold_shows_until_it_runs_out(driver: User, left: int, status: Status) -> None:
    evse = factories.make_station().evses.get()
    factories.make_booking(
        evse, driver, start=NOW, status=ReservationStatus.HELD, hold_expires_at=NOW + left * MINUTE
    )
    assert shown(evse) == (status, False)


@pytest.mark.parametrize(
    ("reported", "minutes_ago", "expected"),
    [
        (Status.CHARGING, 14, (Status.CHARGING, False)),
        (Status.BLOCKED, 0, (Status.BLOCKED, False)),
        (Status.AVAILABLE, 1, (Status.RESERVED, False)),
        (Status.CHARGING, 15, (Status.RESERVED, True)),
    ],
)
def test_a_chargers_fresh_word_counts_and_an_old_one_is_stale(
    driver: User, reported: Status, minutes_ago: int, expected: tuple[Status, bool]
) -> None:
    station = factories.make_station(evses=0)
    evse = factories.make_evse(station, reported_status=reported, reported_at=NOW - minutes_ago * MINUTE)
    factories.make_booking(evse, driver, start=NOW)
    assert shown(evse) == expected


def test_it_is_shown_since_when(driver: User) -> None:
    evse = factories.make_station().evses.get()
    factories.make_booking(
        evse, driver, start=NOW, status=ReservationStatus.FULFILLED, arrived_at=NOW - 7 * MINUTE
    )
    assert shown_status([evse.pk], NOW)[evse.pk].since == NOW - 7 * MINUTE


def test_one_query_answers_for_all(
    driver: User, station: Station, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ids = [evse.pk for evse in station.evses.all()]
    with django_assert_num_queries(1):
        assert set(shown_status(ids, NOW)) == set(ids)
    assert shown_status([], NOW) == {}


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([Status.CHARGING, Status.AVAILABLE], Status.AVAILABLE),
        ([Status.OUTOFORDER, Status.CHARGING], Status.CHARGING),
        ([Status.OUTOFORDER, Status.INOPERATIVE], Status.INOPERATIVE),
        ([], Status.UNKNOWN),
    ],
)
def test_a_station_shows_the_best_its_evses_can_do(statuses: list[Any], expected: Status) -> None:
    assert station_status(statuses, is_public=True) == expected
    assert station_status(statuses, is_public=False) == Status.REMOVED
