"""The staff's day: the queue, the timeline, the list, what is out of service."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, User
from bookings.models import Booking
from bookings.tests.operator_pages.desk import ROOT, START, client_of, ref, text
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import EVSE, Closure, Station
from tests.factories import make_booking, make_operator, make_station

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


def test_a_booking_of_the_day_stands_with_its_driver_car_time_and_charge_point(
    desk: Client, booking: Booking
) -> None:
    page = text(desk.get(ROOT))
    for words in (
        "Dana D.",
        "Volkswagen ID.3",
        "09:00–10:00",
        "Berlin time",
        booking.evse.physical_reference,
    ):
        assert words in page
    assert "driver@example.com" not in page


def test_the_day_is_one_of_the_sites_calendar(desk: Client, driver: User, station: Station) -> None:
    evse = station.evses.all()[0]
    late = make_booking(evse, driver, start=datetime(2026, 12, 1, 22, 30, tzinfo=UTC), minutes=30)
    next_day = make_booking(evse, driver, start=datetime(2026, 12, 1, 23, tzinfo=UTC))
    first, second = text(desk.get(f"{ROOT}?day=2026-12-01")), text(desk.get(f"{ROOT}?day=2026-12-02"))
    assert (ref(late) in first, ref(next_day) in first) == (True, False)
    assert (ref(late) in second, ref(next_day) in second) == (False, True)


def test_a_booking_over_midnight_stands_on_both_days(desk: Client, driver: User, station: Station) -> None:
    over = make_booking(station.evses.all()[0], driver, start=datetime(2026, 12, 1, 22, 30, tzinfo=UTC))
    assert ref(over) in text(desk.get(f"{ROOT}?day=2026-12-01"))
    assert ref(over) in text(desk.get(f"{ROOT}?day=2026-12-02"))


@pytest.mark.parametrize("day", ["", "yesterday", "0001-01-01", "9999-12-31", "2026-13-01", "\x00"])
def test_a_day_that_cannot_be_is_today(desk: Client, booking: Booking, day: str) -> None:
    answer = desk.get(ROOT, {"day": day})
    assert answer.status_code == 200
    assert "Tue 1 Dec" in text(answer)


def test_what_waits_for_an_answer_stands_on_top_the_most_urgent_first(
    desk: Client, driver: User, station: Station, pending: Booking
) -> None:
    sooner = make_booking(
        station.evses.all()[0],
        driver,
        start=START + 5 * HOUR,
        status=S.PENDING,
        answer_by=timezone.now() + timedelta(minutes=5),
    )
    waiting = text(desk.get(ROOT)).split("Waiting for your answer")[1].split("Charge points")[0]
    assert waiting.index(ref(sooner)) < waiting.index(ref(pending))
    assert f"{ROOT}{pending.reference}/approve/" in waiting
    assert 'data-expires-at="2026-12-01T08:30:00+01:00"' in waiting


def test_the_queue_holds_all_stations_but_none_of_a_rivals(
    desk: Client, driver: User, rival: User, station: Station
) -> None:
    ours, theirs = (
        make_booking(
            make_station(operator).evses.get(),
            driver,
            start=START,
            status=S.PENDING,
            answer_by=timezone.now() + HOUR,
        )
        for operator in (station.operator, rival.operators.get())
    )
    page = text(desk.get(f"{ROOT}?station={station.pk}"))
    assert (ref(ours) in page, ref(theirs) in page) == (True, False)


def test_a_question_whose_time_is_over_waits_no_more(desk: Client, pending: Booking) -> None:
    Booking.objects.update(answer_by=timezone.now())
    page = text(desk.get(ROOT))
    assert "Waiting for your answer" not in page
    assert "/approve/" not in page


def test_a_charge_point_out_of_service_names_the_bookings_it_may_not_keep(
    desk: Client, driver: User, booking: Booking, pending: Booking
) -> None:
    later = make_booking(booking.evse, driver, start=START + 72 * HOUR)
    make_booking(booking.evse, driver, start=START - 72 * HOUR)
    EVSE.objects.filter(pk=booking.evse.pk).update(inhibits=["fault"])
    page = text(desk.get(ROOT))
    assert "2 bookings affected" in page
    affected = page.split('id="out-title"')[1].split("</section>")[0]
    assert ref(booking) in affected
    assert ref(later) in affected
    assert ref(pending) not in affected
    assert affected.count("out of service</span>") == 2


def test_a_closure_stands_in_the_timeline(desk: Client, booking: Booking) -> None:
    Closure.objects.create(
        station=booking.station,
        evse=booking.evse,
        start=START + HOUR,
        end=START + 4 * HOUR,
        reason="New cables",
    )
    assert text(desk.get(ROOT)).count("Closed: New cables") == 1


def test_the_station_last_worked_at_comes_back(desk: Client, station: Station) -> None:
    other = make_station(station.operator, name="A station by name before the other")
    assert other.name in text(desk.get(ROOT)).split("<h1")[1].split("</p>")[0]
    desk.get(f"{ROOT}?station={station.pk}")
    assert f"{station.name}, Tue 1 Dec" in text(desk.get(ROOT))


def test_who_works_for_several_operators_chooses(desk: Client, staff: User, booking: Booking) -> None:
    other = make_operator("Aaa Charging")
    Membership.objects.create(operator=other, user=staff, role=Membership.Role.STAFF)
    assert ref(booking) not in text(desk.get(f"{ROOT}?operator={other.pk}"))
    assert ref(booking) in text(desk.get(f"{ROOT}?operator={booking.station.operator_id}"))
    assert ref(booking) in text(desk.get(f"{ROOT}?station={booking.station_id}"))


def test_live_updates_are_asked_for_the_station_and_what_is_open(desk: Client, booking: Booking) -> None:
    page = text(desk.get(ROOT))
    url = f"/api/v1/live?stations={booking.station_id}&amp;bookings={booking.reference}"
    assert f'data-live-url="{url}"' in page
    assert f'data-booking-ref="{booking.reference}"' in page


def test_an_operator_without_a_station_is_told_how_to_begin(now: object, rival: User) -> None:
    answer = client_of(rival).get(ROOT)
    assert answer.status_code == 200
    assert "The day of your station will stand here" in text(answer)


def test_names_are_text_never_markup(desk: Client, booking: Booking) -> None:
    User.objects.filter(pk=booking.driver_id).update(name="<script>alert(1)</script> Bond")
    page = text(desk.get(ROOT))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("path", ["", "all/", "utilisation/"])
def test_only_an_operators_people_come_in(
    path: str, now: object, driver: User, rival: User, station: Station
) -> None:
    assert Client().get(f"{ROOT}{path}")["Location"].startswith("/accounts/login/")
    assert client_of(driver).get(f"{ROOT}{path}").status_code == 403
    for named in ("station", "operator"):
        value = station.pk if named == "station" else station.operator_id
        assert client_of(rival).get(f"{ROOT}{path}", {named: str(value)}).status_code == 404


@pytest.mark.parametrize("path", ["", "all/", "utilisation/"])
@pytest.mark.parametrize("value", ["nonsense", "\x00", "00000000-0000-4000-8000-000000000000"])
def test_a_station_that_is_none_is_not_found(path: str, value: str, desk: Client, station: Station) -> None:
    assert desk.get(f"{ROOT}{path}", {"station": value}).status_code == 404
    assert desk.get(f"{ROOT}{path}", {"operator": value}).status_code == 404
