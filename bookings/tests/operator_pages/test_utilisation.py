"""How much was used: shares, rates and hours of the week, exactly."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from accounts.models import User
from bookings.tests.operator_pages.desk import ROOT, text
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import Station
from tests.factories import make_booking, make_evse

URL = f"{ROOT}utilisation/"
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)  # nine in Hamburg
PERIOD = {"first": "2026-11-23", "last": "2026-11-23"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def used(driver: User, station: Station) -> Station:
    """On one Monday: 6 of 24 hours of the first EVSE completed, 3 of the second missed, an hour canceled."""
    first, second = station.evses.all()
    make_booking(first, driver, start=MONDAY, minutes=360, status=S.COMPLETED)
    make_booking(second, driver, start=MONDAY, minutes=180, status=S.NO_SHOW)
    make_booking(second, driver, start=MONDAY + timedelta(hours=9), status=S.CANCELED)
    return station


def cells(page: str, row: str) -> list[str]:
    """The texts of a row's cells, without their bars."""
    body = re.split(rf'<th scope="row">(?:<a [^>]*>)?{re.escape(row)}<', page)[1].split("</tr>")[0]
    parts = [part.split("</td>")[0] for part in body.split("<td")[1:]]
    return [
        part.split("</meter>")[-1].split(">", 1)[-1].replace("<span>", "").split("<")[0].strip()
        for part in parts
    ]


def test_a_stations_share_is_of_all_its_charge_points(desk: Client, used: Station) -> None:
    page = text(desk.get(URL, PERIOD))
    assert cells(page, used.name) == ["19 %", "9.0 h", "2", "1", "1", "1", "50 %"]
    assert 'value="0.188"' in page


def test_each_charge_point_of_a_station_has_its_own(desk: Client, used: Station) -> None:
    page = text(desk.get(URL, {**PERIOD, "station": str(used.pk)}))
    first, second = (evse.physical_reference for evse in used.evses.all())
    assert cells(page, first) == ["25 %", "6.0 h", "1", "1", "0", "0", "0 %"]
    assert cells(page, second) == ["12 %", "3.0 h", "1", "0", "1", "1", "100 %"]


def test_the_week_shows_each_hour_of_the_sites_clock(desk: Client, used: Station) -> None:
    page = text(desk.get(URL, {**PERIOD, "station": str(used.pk)}))
    monday = cells(page, "Monday")
    assert monday[8:16] == ["0", "100", "100", "100", "50", "50", "50", "0"]
    assert set(cells(page, "Tuesday")) == {"–"}


def test_by_default_it_is_the_last_four_weeks(desk: Client, used: Station) -> None:
    page = text(desk.get(URL))
    assert 'value="2026-11-03"' in page
    assert 'value="2026-11-30"' in page
    assert cells(page, used.name)[1] == "9.0 h"


def test_the_same_period_can_be_downloaded(desk: Client, used: Station) -> None:
    href = f"/api/v1/operator/reports/utilisation?operator={used.operator_id}&from=2026-11-23&to=2026-11-24&format=csv"
    assert href.replace("&", "&amp;") in text(desk.get(URL, PERIOD))
    answer = desk.get(href)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert f"{used.name},2,48.00,9.00,0.1875,2,1,1,1" in answer.content.decode()


def test_removed_charge_points_are_no_rows(desk: Client, used: Station) -> None:
    gone = make_evse(used, removed_at=MONDAY)
    page = text(desk.get(URL, {**PERIOD, "station": str(used.pk)}))
    assert f">{gone.physical_reference}<" not in page


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"first": "2026-11-24", "last": "2026-11-23"}, "The last day must not come before the first."),
        ({"first": "2025-01-01", "last": "2026-01-02"}, "At most 366 days at once."),
        ({"first": "x", "last": "2026-11-23"}, "Enter a valid date."),
        ({"first": "1999-12-31", "last": "2000-01-01"}, "Choose a day between 2000 and 2099."),
    ],
)
def test_a_period_that_cannot_be_is_said_at_its_field(
    desk: Client, used: Station, asked: dict[str, str], said: str
) -> None:
    answer = desk.get(URL, asked)
    assert answer.status_code == 200
    assert said in text(answer)
    assert "No-show rate" not in text(answer)
