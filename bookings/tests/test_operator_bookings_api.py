"""An operator's bookings through the API: seen, answered and reported by its own people only."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import Membership, Operator, User
from bookings.models import Booking
from bookings.tests.trace import events, nothing_was_written, steps
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import EVSE, Station
from tests.factories import make_booking, make_operator, make_station

NOW = datetime(2026, 12, 1, 7, tzinfo=UTC)
START = datetime(2026, 12, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "/api/v1/operator/bookings"
ADMIN_URL = "/api/v1/admin/bookings"
REPORT = "/api/v1/operator/reports/utilisation"
Api = Callable[[User | None], APIClient]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _seven() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def booking(driver: User, station: Station) -> Booking:
    return make_booking(
        station.evses.all()[0], driver, start=START, status=S.PENDING, answer_by=NOW + timedelta(minutes=30)
    )


def test_staff_sees_the_bookings_of_its_operator_with_the_drivers_name(
    api: Api, staff: User, booking: Booking, rival: User, stranger: User
) -> None:
    theirs = make_station(rival.operators.get()).evses.get()
    make_booking(theirs, stranger, start=START)
    rows = api(staff).get(URL).json()["results"]
    assert [row["reference"] for row in rows] == [booking.reference]
    assert (rows[0]["driver"], rows[0]["out_of_service"]) == ({"name": "Dana Driver"}, False)
    assert "driver@example.com" not in str(rows)


def test_bookings_whose_evse_is_out_of_service_can_be_asked_for(
    api: Api, staff: User, booking: Booking, station: Station
) -> None:
    make_booking(station.evses.all()[1], booking.driver, start=START)
    EVSE.objects.filter(pk=booking.evse.pk).update(inhibits=["fault"])
    marked = api(staff).get(f"{URL}?out_of_service=true").json()["results"]
    assert [(row["reference"], row["out_of_service"]) for row in marked] == [(booking.reference, True)]
    assert len(api(staff).get(f"{URL}?out_of_service=false").json()["results"]) == 1


def test_who_belongs_to_several_operators_says_for_which(api: Api, staff: User, booking: Booking) -> None:
    other = make_operator()
    Membership.objects.create(operator=other, user=staff, role=Membership.Role.STAFF)
    answer = api(staff).get(URL)
    assert (answer.status_code, answer.json()["code"]) == (422, "required")
    assert api(staff).get(f"{URL}?operator={other.pk}").json()["results"] == []
    assert len(api(staff).get(f"{URL}?operator={booking.station.operator_id}").json()["results"]) == 1


def test_who_belongs_to_none_is_refused(api: Api, driver: User, booking: Booking) -> None:
    answer = api(driver).get(URL)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_another_operators_bookings_do_not_exist(api: Api, rival: User, booking: Booking) -> None:
    client = api(rival)
    assert client.get(f"{URL}/{booking.reference}").status_code == 404
    for action in ("approve", "reject", "check-in", "no-show"):
        assert client.post(f"{URL}/{booking.reference}/{action}").status_code == 404
    assert client.get(f"{URL}?operator={booking.station.operator_id}").status_code == 404
    assert Booking.objects.get().status == S.PENDING
    assert nothing_was_written()


def test_approving_reserves(api: Api, staff: User, booking: Booking) -> None:
    answer = api(staff).post(f"{URL}/{booking.reference}/approve")
    assert (answer.status_code, answer.json()["status"]) == (200, "RESERVED")
    assert (steps(booking), events(booking)) == ([("PENDING", "RESERVED")], ["booking.reserved"])


def test_rejecting_frees_the_slot_and_tells_the_driver_why(api: Api, staff: User, booking: Booking) -> None:
    answer = api(staff).post(f"{URL}/{booking.reference}/reject", {"reason": "<b>Flooded</b>"})
    assert (answer.status_code, answer.json()["status"]) == (200, "REJECTED")
    seen = api(booking.driver).get(f"/api/v1/bookings/{booking.reference}").json()["history"]
    assert seen == [
        {
            "at": "2026-12-01T07:00:00Z",
            "from": "PENDING",
            "to": "REJECTED",
            "actor": "operator",
            "reason": "<b>Flooded</b>",
        }
    ]
    make_booking(booking.evse, booking.driver, start=START)


@pytest.mark.parametrize("action", ["approve", "reject"])
def test_an_answer_after_its_time_is_refused(api: Api, staff: User, booking: Booking, action: str) -> None:
    Booking.objects.update(answer_by=NOW)
    answer = api(staff).post(f"{URL}/{booking.reference}/{action}")
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
    assert Booking.objects.get().status == S.PENDING
    assert nothing_was_written()


def test_a_reason_is_at_most_two_hundred_characters(api: Api, staff: User, booking: Booking) -> None:
    answer = api(staff).post(f"{URL}/{booking.reference}/reject", {"reason": "x" * 201})
    assert (answer.status_code, answer.json()["code"]) == (422, "too_long_text")
    assert nothing_was_written()


def test_an_administrator_corrects_a_slot_whatever_the_rules(
    api: Api, administrator: User, booking: Booking
) -> None:
    url = f"{ADMIN_URL}/{booking.reference}"
    times = {"start": "2026-12-01T08:07:00Z", "end": "2026-12-01T08:11:00Z"}
    answer = api(administrator).patch(url, {**times, "reason": "Agreed by telephone"})
    assert answer.status_code == 200
    assert (answer.json()["start"], answer.json()["end"]) == (times["start"], times["end"])
    assert answer.json()["quote"]["total"] == {"amount": "5.50", "currency": "EUR"}
    assert events(booking) == ["booking.rescheduled"]
    assert booking.transitions.get().reason == "Agreed by telephone"


def test_a_correction_into_a_taken_slot_is_refused(
    api: Api, administrator: User, booking: Booking, stranger: User
) -> None:
    other = make_booking(booking.evse, stranger, start=START + HOUR)
    url = f"{ADMIN_URL}/{other.reference}"
    answer = api(administrator).patch(url, {"start": "2026-12-01T08:30:00Z", "reason": "Earlier"})
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_taken")
    assert len(answer.json()["alternatives"]) == 3
    other.refresh_from_db()
    assert other.start == START + HOUR
    assert nothing_was_written()


def test_a_correction_needs_a_reason_an_open_booking_and_an_end_after_the_start(
    api: Api, administrator: User, booking: Booking
) -> None:
    url, client = f"{ADMIN_URL}/{booking.reference}", api(administrator)
    assert client.patch(url, {}).json()["code"] == "required"
    backwards = client.patch(url, {"end": "2026-12-01T08:00:00Z", "reason": "x"})
    assert (backwards.status_code, backwards.json()["code"]) == (422, "end_before_start")
    far = client.patch(url, {"end": "9999-12-31T23:59:59Z", "reason": "x"})
    assert (far.status_code, far.json()["code"]) == (422, "out_of_range")
    Booking.objects.update(status=S.CANCELED)
    assert client.patch(url, {"reason": "x"}).json()["code"] == "wrong_state"
    assert nothing_was_written()


def test_only_administrators_correct(api: Api, owner: User, driver: User, booking: Booking) -> None:
    for user in (owner, driver):
        answer = api(user).patch(f"{ADMIN_URL}/{booking.reference}", {"reason": "x"})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.fixture
def december(operator: Operator, station: Station, driver: User) -> Station:
    """Two EVSEs open 24 h: 3 of 48 hours booked on the first, one booking not come to, one canceled."""
    one, other = station.evses.all()
    make_booking(one, driver, start=START, minutes=60, status=S.COMPLETED)
    make_booking(one, driver, start=START + 3 * HOUR, minutes=60, status=S.NO_SHOW)
    make_booking(other, driver, start=START, minutes=60, status=S.CANCELED)
    make_booking(other, driver, start=datetime(2026, 12, 1, 22, tzinfo=UTC), minutes=120)
    return station


def test_utilisation_counts_booked_against_open_hours_in_the_sites_days(
    api: Api, staff: User, december: Station
) -> None:
    answer = api(staff).get(f"{REPORT}?from=2026-12-01&to=2026-12-02")
    assert answer.json()["results"] == [
        {
            "station_id": str(december.pk),
            "name": december.name,
            "evse_count": 2,
            "open_hours": "48",
            "booked_hours": "3",
            "utilisation": "0.0625",
            "bookings": 3,
            "completed": 1,
            "no_shows": 1,
            "canceled": 1,
        }
    ]


def test_utilisation_as_csv_quotes_what_a_spreadsheet_would_run(
    api: Api, staff: User, december: Station
) -> None:
    december.name = "=HYPERLINK(1)"
    december.save()
    answer = api(staff).get(f"{REPORT}?from=2026-12-01&to=2026-12-02&format=csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.decode().splitlines() == [
        "station_id,name,evse_count,open_hours,booked_hours,utilisation,bookings,completed,no_shows,canceled",
        f"{december.pk},'=HYPERLINK(1),2,48.00,3.00,0.0625,3,1,1,1",
    ]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("from=2026-12-02&to=2026-12-01", "end_before_start"),
        ("from=2026-01-01&to=2027-01-03", "range_too_long"),
        ("from=2026-12-01", "required"),
        ("from=2026-12-01T00:00:00&to=2026-12-02", "naive_time"),
        ("from=2026-12-01&to=2026-12-02&format=pdf", "invalid"),
    ],
)
def test_bad_ranges_of_a_report_are_named(
    api: Api, staff: User, station: Station, query: str, code: str
) -> None:
    answer = api(staff).get(f"{REPORT}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, code)
