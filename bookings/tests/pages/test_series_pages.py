"""Repeating a slot in the browser without scripts: the dates, booking the marked ones, changing and canceling."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from bookings.models import Booking, Series
from bookings.services.series.later import book_opened
from bookings.tests.pages.conftest import NINE, NOW, Browse, text_of
from stations.models import Station
from tests.factories import make_booking, make_series, make_station

pytestmark = pytest.mark.django_db

WEEK = timedelta(weeks=1)


def slot(station: Station) -> dict[str, str]:
    evse = station.evses.earliest("uid")
    return {"slot": f"{NINE.isoformat()} IEC_62196_T2 {evse.uid}", "minutes": "60", "vehicle": ""}


def marked(answer: Any) -> list[str]:
    """The dates whose boxes are checked, as the browser would send them."""
    return re.findall(r'name="dates" value="([\d-]+)" checked', answer.content.decode())


def book(client: Client, station: Station, **more: Any) -> Any:
    """What the page's form sends as it stands."""
    url = f"/stations/{station.slug}/repeat/"
    shown = client.get(url, slot(station))
    [name] = re.findall(r'name="series" value="([\w-]+)"', shown.content.decode())
    rule = {"frequency": "WEEKLY", "interval": "1", "count": "4"}
    return client.post(url, {**slot(station), **rule, "series": name, "dates": marked(shown), **more})


def test_the_slots_page_leads_to_repeating_it(browse: Browse, driver: User) -> None:
    station = make_station()
    answer = browse(driver).get(f"/stations/{station.slug}/book/", slot(station))
    assert f"/stations/{station.slug}/repeat/?slot=" in answer.content.decode()


def test_every_week_four_times_is_shown_first_with_prices_and_sum(browse: Browse, driver: User) -> None:
    station = make_station()
    answer = browse(driver).get(f"/stations/{station.slug}/repeat/", slot(station))
    assert answer.status_code == 200
    assert marked(answer) == ["2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22"]
    text = text_of(answer)
    for part in (
        "Every Tuesday, 4 dates.",
        "Tue 8 Dec",
        "10:00–11:00",
        "5.50",
        "4 of 4 dates can be booked",
        "22.00",
    ):
        assert part in text
    assert not Series.objects.exists()


def test_a_taken_date_is_not_marked_and_names_the_nearest(
    browse: Browse, driver: User, stranger: User
) -> None:
    station = make_station()
    make_booking(station.evses.get(), stranger, start=NINE + WEEK)
    answer = browse(driver).get(f"/stations/{station.slug}/repeat/", slot(station))
    assert marked(answer) == ["2026-12-01", "2026-12-15", "2026-12-22"]
    assert "Nearest: Tue 8 Dec 09:00–10:00" in text_of(answer)


def test_a_rule_of_two_days_until_a_day(browse: Browse, driver: User) -> None:
    station = make_station()
    rule = {"frequency": "WEEKLY", "interval": "1", "days": ["1", "3"], "until": "2026-12-10"}
    answer = browse(driver).get(f"/stations/{station.slug}/repeat/", {**slot(station), **rule})
    assert marked(answer) == ["2026-12-01", "2026-12-03", "2026-12-08", "2026-12-10"]
    assert "Every Tuesday and Thursday, until 10 Dec 2026" in text_of(answer)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"frequency": "WEEKLY", "interval": "1"}, "Say how many dates, or until when."),
        ({"frequency": "WEEKLY", "interval": "0", "count": "2"}, "greater than or equal to 1"),
        ({"frequency": "YEARLY", "interval": "1", "count": "2"}, "Select a valid choice"),
        ({"frequency": "DAILY", "interval": "1", "until": "2027-12-01"}, "more than 52 dates"),
    ],
)
def test_a_rule_that_cannot_be_had_is_said(
    browse: Browse, driver: User, rule: dict[str, str], said: str
) -> None:
    station = make_station()
    answer = browse(driver).get(f"/stations/{station.slug}/repeat/", {**slot(station), **rule})
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_the_marked_dates_are_booked_and_shown(browse: Browse, driver: User) -> None:
    station, client = make_station(), browse(driver)
    answer = book(client, station, dates=["2026-12-01", "2026-12-15"])
    series = Series.objects.get()
    assert answer["Location"] == f"/bookings/series/{series.pk}/"
    assert list(series.bookings.order_by("start").values_list("start", flat=True)) == [NINE, NINE + 2 * WEEK]
    text = text_of(client.get(answer["Location"]))
    for part in ("Every Tuesday, 4 dates", "Tue 15 Dec", "Reserved", "11.00"):
        assert part in text


def test_the_button_pressed_twice_books_once(browse: Browse, driver: User) -> None:
    station, client, name = make_station(evses=2), browse(driver), str(uuid4())
    answers = [book(client, station, series=name) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Booking.objects.count() == 4


def test_paid_online_it_leads_to_the_one_payment(browse: Browse, driver: User) -> None:
    answer = book(browse(driver), make_station(terms={"payment": "ONLINE"}))
    first = Booking.objects.earliest("start")
    assert answer["Location"] == f"/bookings/{first.reference}/checkout/"
    page = text_of(browse(driver).get(f"/bookings/series/{first.series_id}/"))
    assert "Pay once for 4 dates" in page


def test_changing_shows_each_date_first_and_then_moves_them(browse: Browse, driver: User) -> None:
    station, client = make_station(), browse(driver)
    series = make_series(station.evses.get(), driver, first=NINE, now=NOW, count=3)
    url = f"/bookings/series/{series.pk}/change/"
    change = {"since": "2026-12-08", "clock": "11:30", "minutes": "90", "evse": ""}
    text = text_of(client.get(url, change))
    assert "Tue 8 Dec, 10:00–11:00" in text
    assert "11:30–13:00" in text
    assert client.post(url, change).status_code == 302
    moved = [f"{one.start:%d %H:%M}" for one in series.bookings.order_by("start")]
    assert moved == ["01 09:00", "08 10:30", "15 10:30"]
    assert "2 dates moved." in text_of(client.get(f"/bookings/series/{series.pk}/"))


def test_canceling_from_a_date_on_says_the_fee_first(browse: Browse, driver: User) -> None:
    station, client = make_station(), browse(driver)
    series = make_series(station.evses.get(), driver, first=NINE, now=NOW, count=3)
    url = f"/bookings/series/{series.pk}/cancel/"
    assert "Cancel 2 dates" in text_of(client.get(url, {"since": "2026-12-08"}))
    assert client.post(url, {"since": "2026-12-08", "fee": "0"}).status_code == 302
    assert list(series.bookings.order_by("start").values_list("status", flat=True)) == [
        "RESERVED",
        "CANCELED",
        "CANCELED",
    ]


def test_a_fee_that_rose_meanwhile_is_shown_again(browse: Browse, driver: User) -> None:
    terms = {"cancel_until_minutes": 20_000, "late_cancel_share": 50}
    station = make_station(terms=terms)
    series = make_series(station.evses.get(), driver, first=NINE, now=NOW, count=2)
    answer = browse(driver).post(f"/bookings/series/{series.pk}/cancel/", {"fee": "0"})
    assert answer.status_code == 409
    assert "Cancel 2 dates for 5.50 EUR" in text_of(answer)
    assert set(series.bookings.values_list("status", flat=True)) == {"RESERVED"}


def test_a_stranger_finds_no_series(browse: Browse, driver: User, stranger: User) -> None:
    series = make_series(make_station().evses.get(), driver, first=NINE, now=NOW)
    for page in ("", "change/", "cancel/"):
        assert browse(stranger).get(f"/bookings/series/{series.pk}/{page}").status_code == 404
    assert browse(stranger).post(f"/bookings/series/{series.pk}/withdraw/").status_code == 404


def test_one_date_says_that_it_repeats(browse: Browse, driver: User) -> None:
    series = make_series(make_station().evses.get(), driver, first=NINE, now=NOW)
    booking = series.bookings.earliest("start")
    assert (
        f"/bookings/series/{series.pk}/"
        in browse(driver).get(f"/bookings/{booking.reference}/").content.decode()
    )


def test_the_list_shows_the_next_date_for_all_of_them(browse: Browse, driver: User) -> None:
    series = make_series(make_station().evses.get(), driver, first=NINE, now=NOW, count=4)
    answer = browse(driver).get("/bookings/")
    text = text_of(answer)
    assert "Tue 1 Dec, 10:00–11:00" in text
    assert "The next of 4 dates" in text
    assert "Tue 8 Dec" not in text
    assert f"/bookings/series/{series.pk}/" in answer.content.decode()


def test_dates_that_open_later_are_marked_booked_when_bookable_and_withdrawn(
    browse: Browse, driver: User, stranger: User
) -> None:
    station, client = make_station(terms={"booking_horizon_minutes": 15 * 24 * 60}), browse(driver)
    shown = client.get(f"/stations/{station.slug}/repeat/", slot(station))
    assert marked(shown) == ["2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22"]
    for part in (
        "Booked by itself from Mon 7 Dec on",
        "at most 5.50",
        "3 of 4 dates can be booked now, 1 later",
    ):
        assert part in text_of(shown)
    page = text_of(client.get(book(client, station)["Location"]))
    assert "1 later date is booked when bookings open." in page
    assert "booked when bookable from Mon 7 Dec on" in page
    series = Series.objects.get()
    quoted = text_of(client.get(f"/bookings/series/{series.pk}/cancel/"))
    assert "Tue 22 Dec not booked yet – only from Tue 22 Dec on" in quoted
    assert "Cancel 4 dates" in quoted
    client.post(f"/bookings/series/{series.pk}/cancel/", {"reason": "NO_CANCELED", "fee": "0"})
    assert list(series.later_dates.values_list("state", flat=True)) == ["WITHDRAWN"]


def test_one_later_date_is_withdrawn_by_its_button_and_shown_as_that(browse: Browse, driver: User) -> None:
    station, client = make_station(terms={"booking_horizon_minutes": 8 * 24 * 60}), browse(driver)
    here = book(client, station)["Location"]
    shown = client.get(here).content.decode()
    assert re.findall(r'name="date" value="([\d-]+)"', shown) == ["2026-12-15", "2026-12-22"]
    answer = client.post(f"{here}withdraw/", {"date": "2026-12-15"})
    assert (answer.status_code, answer["Location"]) == (302, here)
    page = client.get(here)
    assert "Tue 15 Dec is withdrawn: it will not be booked." in text_of(page)
    assert "Tue 15 Dec 10:00–11:00 Withdrawn –" in text_of(page)
    assert re.findall(r'name="date" value="([\d-]+)"', page.content.decode()) == ["2026-12-22"]
    series = Series.objects.get()
    assert list(series.later_dates.values_list("state", flat=True)) == ["WITHDRAWN", "WAITING"]
    assert set(series.bookings.values_list("status", flat=True)) == {"RESERVED"}


@pytest.mark.parametrize("day", ["2026-12-08", "2026-12-16", "soon", ""])
def test_only_a_date_that_waits_is_withdrawn(browse: Browse, driver: User, day: str) -> None:
    station, client = make_station(terms={"booking_horizon_minutes": 15 * 24 * 60}), browse(driver)
    here = book(client, station)["Location"]
    assert client.post(f"{here}withdraw/", {"date": day}).status_code == 404
    assert list(Series.objects.get().later_dates.values_list("state", flat=True)) == ["WAITING"]


def test_a_later_date_that_was_booked_meanwhile_says_so(browse: Browse, driver: User) -> None:
    station, client = make_station(terms={"booking_horizon_minutes": 15 * 24 * 60}), browse(driver)
    here = book(client, station)["Location"]
    book_opened(NINE + WEEK)
    client.post(f"{here}withdraw/", {"date": "2026-12-22"})
    assert "This date is booked by now: cancel its booking." in text_of(client.get(here))
    assert Series.objects.get().bookings.filter(status="RESERVED").count() == 4


def test_a_series_that_was_not_paid_in_time_promises_nothing_for_later(browse: Browse, driver: User) -> None:
    terms = {"booking_horizon_minutes": 15 * 24 * 60, "payment": "ONLINE"}
    station, client = make_station(terms=terms), browse(driver)
    assert "/checkout/" in book(client, station)["Location"]
    here = f"/bookings/series/{Series.objects.get().pk}/"
    assert "booked when bookable" in text_of(client.get(here))
    Booking.objects.update(status="EXPIRED")
    assert "booked when bookable" not in text_of(client.get(here))


def test_a_date_that_could_not_be_booked_says_why_and_leads_to_another(
    browse: Browse, driver: User, stranger: User
) -> None:
    station, client = make_station(terms={"booking_horizon_minutes": 15 * 24 * 60}), browse(driver)
    here = book(client, station)["Location"]
    make_booking(station.evses.get(), stranger, start=NINE + 3 * WEEK)
    book_opened(NINE + WEEK)
    answer = client.get(here)
    assert "could not be booked Somebody else has the slot. Choose another slot" in text_of(answer)
    assert f"/stations/{station.slug}/" in answer.content.decode()


def test_all_following_are_moved_to_another_weekday_by_the_form_as_it_stands(
    browse: Browse, driver: User
) -> None:
    station, client = make_station(terms={"booking_horizon_minutes": 15 * 24 * 60}), browse(driver)
    series_page = book(client, station)["Location"]
    change = {"since": "2026-12-08", "days": ["2"], "clock": "10:00", "minutes": "60", "evse": ""}
    shown = text_of(client.get(f"{series_page}change/", change))
    for part in (
        "Tue 8 Dec, 10:00–11:00 Wed 9 Dec, 10:00–11:00 5.50",
        "Tue 22 Dec, 10:00–11:00 not booked yet Wed 23 Dec, 10:00–11:00 at most 5.50",
    ):
        assert part in shown
    assert client.post(f"{series_page}change/", change)["Location"] == series_page
    page = text_of(client.get(series_page))
    assert "Every Wednesday, 4 dates" in page
    assert "Wed 23 Dec" in page
    fewer = client.get(f"{series_page}change/", {**change, "since": "2026-12-09", "days": ["0", "2"]})
    assert fewer.status_code == 422
    assert "This series is on 1 day a week: choose as many." in text_of(fewer)
