"""The waiting list without scripts: in line from the station's page, answered by page or by the mail's link."""

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from bookings.links import offer_path
from bookings.models import Booking, WaitlistEntry
from bookings.services.cancel import cancel
from bookings.services.waitlist.offering import sweep_lines
from bookings.tests.pages.conftest import form_of, text_of
from bookings.tests.waitlist.conftest import HOUR, NOW, TEN, Wait, offer, settle, state
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import BookingTerms, Closure, Station
from tests.factories import make_station, make_vehicle

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(stranger: User) -> Client:
    """The stranger's browser, who would like the driver's hour."""
    made = Client()
    made.force_login(stranger)
    return made


@pytest.fixture
def offered(taken: Booking, wait: Wait, driver: User, stranger: User) -> WaitlistEntry:
    entry = wait(stranger)
    cancel(taken, actor=driver, now=NOW)
    settle()
    entry.refresh_from_db()
    return entry


def test_a_full_day_leads_to_the_line_with_what_was_asked(
    client: Client, site: Station, stranger: User
) -> None:
    car = make_vehicle(stranger)
    Closure.objects.create(station=site, start=NOW - HOUR, end=NOW + 30 * HOUR, reason="Works")
    page = client.get("/stations/harbour/?day=2026-12-01&exact=45")
    assert "Nothing free on this day" in text_of(page)
    where = f"/stations/harbour/wait/?day=2026-12-01&minutes=45&vehicle={car.pk}&connector="
    assert where.replace("&", "&amp;") in page.content.decode()
    form = client.get(where).context["form"]
    assert (form["earliest"].value(), form["latest"].value()) == ("2026-12-01T08:00", "2026-12-02T00:00")
    assert (form["duration_minutes"].value(), form["vehicle"].value()) == ("45", str(car.pk))


def test_who_sends_the_form_is_in_line(client: Client, taken: Booking, stranger: User) -> None:
    asked = {
        "earliest": "2026-12-01T11:00",
        "latest": "2026-12-01T11:15",
        "duration_minutes": "60",
        "connector": "",
    }
    answer = client.post("/stations/harbour/wait/", asked, follow=True)
    assert answer.redirect_chain == [("/bookings/", 302)]
    entry = WaitlistEntry.objects.get()
    assert (entry.driver, entry.earliest, entry.latest) == (stranger, TEN, TEN + HOUR / 4)
    assert "1 h, from Tue 1 Dec 11:00 to Tue 1 Dec 11:15 You are next" in text_of(answer)


def test_one_wish_can_wait_at_stations_nearby(client: Client, taken: Booking) -> None:
    other = make_station(name="Quay")
    asked = {
        "earliest": "2026-12-01T11:00",
        "latest": "2026-12-01T12:00",
        "duration_minutes": "60",
        "connector": "",
        "also": [str(other.pk)],
    }
    assert client.post("/stations/harbour/wait/", asked).status_code == 302
    assert WaitlistEntry.objects.values("wish").distinct().count() == 1
    assert {entry.station.name for entry in WaitlistEntry.objects.all()} == {"Harbour", "Quay"}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("latest", "2026-12-01T10:00", "The window must end after it begins."),
        ("earliest", "1066-10-14T09:00", "Choose a day of this century."),
        ("latest", "soon", "Enter a valid date/time."),
        ("connector", "CHADEMO", "Select a valid choice."),
    ],
)
def test_what_cannot_be_waited_for_is_said_at_its_field(
    client: Client, site: Station, field: str, value: str, said: str
) -> None:
    asked = {"earliest": "2026-12-01T11:00", "latest": "2026-12-01T12:00", "duration_minutes": "60"}
    answer = client.post("/stations/harbour/wait/", asked | {field: value})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not WaitlistEntry.objects.exists()


def test_a_station_that_takes_no_bookings_has_no_line(client: Client, site: Station) -> None:
    BookingTerms.objects.all().delete()
    answer = client.get("/stations/harbour/wait/", follow=True)
    assert "there is no line" in answer.content.decode()


def test_the_list_leads_to_the_offer_and_shows_it_once(client: Client, offered: WaitlistEntry) -> None:
    page = client.get("/bookings/")
    assert offer_path(offer(offered)) in page.content.decode()
    assert page.context["waiting"] == []
    assert "Tue 1 Dec, 11:00–12:00 Kept for you until 08:15" in text_of(page)


def test_leaving_is_a_button(client: Client, offered: WaitlistEntry) -> None:
    page = client.get("/bookings/")
    action = f"/waiting-list/{offered.pk}/leave/"
    assert form_of(page, action)
    assert "You are no longer in line." in client.post(action, follow=True).content.decode()
    assert state(offered) == "CANCELED"
    assert "This place in line is over" in client.post(action, follow=True).content.decode()


def test_looking_at_the_link_changes_nothing(offered: WaitlistEntry) -> None:
    page = Client().get(offer_path(offer(offered)))
    assert page.status_code == 200
    assert "Tue 1 Dec 11:00–12:00" in text_of(page)
    assert "no-cache" in page["Cache-Control"]
    assert state(offered) == "OFFERED"


def test_the_link_accepts_without_signing_in(offered: WaitlistEntry) -> None:
    held = offer(offered)
    answer = Client().post(offer_path(held), {"answer": "accept"})
    assert (answer.status_code, answer["Location"]) == (302, f"/bookings/{held.reference}/")
    assert (state(offered), offer(offered).status) == ("ACCEPTED", S.HELD)


def test_what_is_paid_online_leads_to_the_payment(
    client: Client, taken: Booking, wait: Wait, driver: User, stranger: User
) -> None:
    BookingTerms.objects.update(payment="ONLINE")
    entry = wait(stranger)
    cancel(taken, actor=driver, now=NOW)
    settle()
    answer = client.post(offer_path(offer(entry)), {"answer": "accept"})
    assert answer["Location"] == f"/bookings/{offer(entry).reference}/checkout/"


def test_the_link_snoozes(client: Client, offered: WaitlistEntry) -> None:
    answer = client.post(offer_path(offer(offered)), {"answer": "snooze", "minutes": "180"}, follow=True)
    assert "You keep your place in line." in answer.content.decode()
    offered.refresh_from_db()
    assert (offered.status, offered.not_before) == ("WAITING", NOW + 3 * HOUR)
    assert "Nothing is offered before Tue 1 Dec 11:00." in text_of(answer)


def test_the_link_declines(offered: WaitlistEntry) -> None:
    answer = Client().post(offer_path(offer(offered)), {"answer": "decline"})
    assert (answer.status_code, answer["Location"], state(offered)) == (302, "/", "DECLINED")


def test_an_answer_that_is_none_changes_nothing(offered: WaitlistEntry) -> None:
    answer = Client().post(offer_path(offer(offered)), {"answer": "maybe"})
    assert (answer.status_code, state(offered)) == (422, "OFFERED")


def test_an_offer_that_is_over_says_so(offered: WaitlistEntry, clock: time_machine.Traveller) -> None:
    path = offer_path(offer(offered))
    clock.move_to(NOW + HOUR)
    assert "This offer is over" in text_of(Client().get(path))
    answer = Client().post(path, {"answer": "accept"})
    assert answer.status_code == 409
    assert "This offer is over" in text_of(answer)
    assert (state(offered), offer(offered).status) == ("OFFERED", S.HELD)


def test_an_old_link_answers_no_newer_offer(client: Client, offered: WaitlistEntry) -> None:
    old = offer_path(offer(offered))
    WaitlistEntry.objects.update(latest=TEN + 3 * HOUR)
    client.post(old, {"answer": "snooze", "minutes": "30"})
    WaitlistEntry.objects.update(not_before=None)
    assert sweep_lines(NOW) == 1
    assert Client().post(old, {"answer": "accept"}).status_code == 409
    assert state(offered) == "OFFERED"


@pytest.mark.parametrize("path", ["/waiting-list/offers/forged/", "/waiting-list/offers/a:b:c/"])
def test_a_link_that_is_not_ours_leads_nowhere(site: Station, path: str) -> None:
    assert Client().get(path).status_code == 404


def test_the_owner_sees_the_line(owner: User, offered: WaitlistEntry, wait: Wait) -> None:
    wait(duration_minutes=30)
    WaitlistEntry.objects.filter(pk=offered.pk).update(status="ACCEPTED", offer_expires_at=None, ended_at=NOW)
    desk = Client()
    desk.force_login(owner)
    page = text_of(desk.get("/operator/bookings/waiting-list/"))
    assert "Harbour 1 1 1 100 % 100 % 0 min" in page
