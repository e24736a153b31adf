"""The best slots above the search list: ranked when asked for, among the stations found, bookable as they stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from bookings.models import Booking, RecommendationShown
from bookings.ports import Answer, registered_ranker, use_ranker
from bookings.ranking.candidates import Choice, RankingRequest
from bookings.ranking.guard import FALLBACKS
from bookings.tests.pages.conftest import NINE, Browse, form_of, text_of
from bookings.views.around import Around
from evbooking.core.ocpi import ConnectorType
from evbooking.core.relay import relay
from tests.factories import ENERGY_TARIFF, make_booking, make_station, make_tariff, make_vehicle

pytestmark = pytest.mark.django_db

HERE = {"lat": "53.55", "lon": "9.99", "radius_km": "5"}
ALONE = {"HX-Request": "true", "HX-Target": "best"}


class Fails:
    def rank(self, request: RankingRequest, choice: Choice, now: datetime, *, most: int) -> Answer:
        raise RuntimeError("no network")


@pytest.fixture
def failing_ranker() -> Iterator[None]:
    before = registered_ranker()
    use_ranker(Fails())
    yield
    use_ranker(before)


@pytest.fixture
def mine(browse: Browse, driver: User) -> Client:
    """The driver's browser; the driver has a car."""
    make_vehicle(driver)
    return browse(driver)


def around(answer: Any) -> Around:
    found: Around = answer.context["around"]
    return found


def stations(answer: Any) -> list[str]:
    best = around(answer).best
    return [] if best is None else [one.station for one in best.slots]


def test_before_a_way_is_chosen_nothing_is_ranked_and_the_search_asks_nothing_more(
    mine: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_station()
    mine.get("/", HERE)
    with django_assert_num_queries(
        7
    ):  # four of the search; who is signed in, their cars, what the head shows
        answer = mine.get("/", HERE)
    assert "Best slots for you" in text_of(answer)
    assert "for your Volkswagen ID.3: about 22 kWh, within a day from now." in text_of(answer)
    assert [one.current for one in around(answer).preferences] == [False] * 4
    assert (around(answer).best, RecommendationShown.objects.count()) == (None, 0)


def test_each_slot_says_where_when_how_far_what_it_costs_and_why(mine: Client) -> None:
    make_station(name="Markt", latitude=53.56, longitude=9.99)
    answer = mine.get("/", HERE | {"prefer": "balanced"})
    best = around(answer).best
    assert best
    first = best.slots[0]
    assert (first.station, first.day, first.time, str(first.price)) == (
        "Markt",
        "Tue 1 Dec",
        "09:00–11:00",
        "11.00 EUR",
    )
    assert round(first.far_km, 1) == 1.1
    assert first.reason == (
        "22 kWh for 11.00 EUR, 1.1 km away (4.88 for the way), starts 10 min later (1.33)."
    )
    assert first.sums == "For you 17.21 EUR: charge 11.00 + way 4.88 + waiting 1.33."
    assert "Markt · 1.1 km" in text_of(answer)
    assert first.reason in text_of(answer)


def test_what_it_is_to_cost_is_the_sum_of_what_is_shown_for_every_slot_and_way(mine: Client) -> None:
    for number in range(3):
        make_station(latitude=53.55 + number / 100)
    for prefer in ("balanced", "cheapest", "fastest", "nearest"):
        for order in ("", "cost", "earliest"):
            best = around(mine.get("/", HERE | {"prefer": prefer, "order": order})).best
            assert best
            for one in best.slots:
                total, _, parts = one.sums.removeprefix("For you ").removesuffix(".").partition(" EUR: ")
                terms = [Decimal(part.rsplit(" ", 1)[1]) for part in parts.split(" + ")]
                assert Decimal(total) == sum(terms), one.sums


@pytest.mark.parametrize("order", ["", "cost", "earliest"])
def test_a_shown_slot_is_booked_as_it_stands_and_noted_as_taken(
    mine: Client, driver: User, order: str
) -> None:
    station = make_station(latitude=53.56)
    make_booking(station.evses.get(), driver, start=NINE.replace(hour=11))
    answer = mine.get("/", HERE | {"prefer": "cheapest", "order": order})
    best = around(answer).best
    assert best
    form = form_of(answer, f"/stations/{station.slug}/book/")
    last = best.slots[-1]
    assert (form["fields"]["minutes"], form["buttons"]) == (str(last.minutes), [("slot", last.value)])
    preview = mine.get(form["action"], {**form["fields"], "slot": last.value})
    commit = form_of(preview, form["action"])
    assert mine.post(commit["action"], commit["fields"]).status_code == 302
    booked = Booking.objects.exclude(start=NINE.replace(hour=11)).get()
    shown = RecommendationShown.objects.get()
    offered = shown.shown[-1]
    assert (f"{booked.start:%Y-%m-%dT%H:%M:%SZ}", f"{booked.end:%Y-%m-%dT%H:%M:%SZ}", booked.evse.uid) == (
        offered["start"],
        offered["end"],
        offered["evse_uid"],
    )
    assert booked.vehicle == driver.vehicles.get()
    relay()
    shown.refresh_from_db()
    assert (shown.driver, shown.taken, shown.taken_rank) == (driver, booked, len(best.slots))


def test_only_stations_of_the_search_are_ranked(mine: Client) -> None:
    make_station(name="Markt", latitude=53.56)
    make_station(name="Hotel", latitude=53.57, facilities=["HOTEL"])
    make_station(name="Fast", latitude=53.56, standard=ConnectorType.IEC_62196_T2_COMBO)
    make_station(name="Far", latitude=53.70)
    assert set(stations(mine.get("/", HERE | {"prefer": "cheapest"}))) == {"Markt", "Hotel", "Fast"}
    for asked, expected in (
        ({"facility": "HOTEL"}, {"Hotel"}),
        ({"min_power_kw": "50"}, {"Fast"}),
        ({"connector": "IEC_62196_T2_COMBO"}, {"Fast"}),
        ({"q": "far"}, {"Far"}),
    ):
        assert set(stations(mine.get("/", HERE | asked | {"prefer": "cheapest"}))) == expected, asked


def test_the_ways_are_links_that_keep_the_search_and_the_form_keeps_the_way(mine: Client) -> None:
    make_station(latitude=53.56)
    html = mine.get("/", HERE | {"prefer": "cheapest", "order": "cost"}).content.decode()
    kept = "lat=53.55&amp;lon=9.99&amp;radius_km=5"
    assert f'href="?{kept}&amp;prefer=fastest&amp;order=cost"' in html
    assert f'href="?{kept}&amp;prefer=cheapest&amp;order=earliest"' in html
    assert 'name="prefer" value="cheapest" form="search-form"' in html
    assert 'name="order" value="cost" form="search-form"' in html


def test_a_preference_changes_the_order_and_a_plain_ranker_takes_it_over(mine: Client) -> None:
    here = make_station(name="Here", latitude=53.55, longitude=9.99)
    part = {"type": "ENERGY", "price": 0.30, "vat": 19, "step_size": 1}
    cheap = make_tariff(here.operator, {**ENERGY_TARIFF, "elements": [{"price_components": [part]}]})
    make_station(here.operator, name="Cheaper", latitude=53.562, longitude=9.99, tariff=cheap)
    first = {
        (prefer, order): stations(mine.get("/", HERE | {"prefer": prefer, "order": order}))[0]
        for prefer, order in (("balanced", ""), ("cheapest", ""), ("cheapest", "earliest"), ("nonsense", "x"))
    }
    assert first == {
        ("balanced", ""): "Here",
        ("cheapest", ""): "Cheaper",
        ("cheapest", "earliest"): "Here",
        ("nonsense", "x"): "Here",
    }


def test_the_day_and_the_time_searched_are_those_recommended(mine: Client) -> None:
    make_station(latitude=53.56)
    asked = HERE | {"prefer": "balanced", "day": "2026-12-03"}
    day = mine.get("/", asked)
    clock = mine.get("/", asked | {"time": "14:00"})
    found = []
    for answer in (day, clock):
        best = around(answer).best
        assert best
        found.append((best.slots[0].day, best.slots[0].time))
    assert found == [("Thu 3 Dec", "00:00–02:00"), ("Thu 3 Dec", "14:00–16:00")]
    assert "about 22 kWh, on Thu 3 Dec from 14:00." in text_of(clock)


@pytest.mark.parametrize(
    ("asked", "energy"),
    [
        ({}, "22"),
        ({"min_power_kw": "50"}, "22"),
        ({"duration": "60"}, "11"),
        ({"duration": "480"}, "58"),  # what the battery holds
        ({"duration": "30", "min_power_kw": "50"}, "25"),
    ],
)
def test_the_time_searched_sets_the_energy(mine: Client, asked: dict[str, str], energy: str) -> None:
    make_station(latitude=53.56, standard=ConnectorType.IEC_62196_T2_COMBO)
    answer = mine.get("/", HERE | {"prefer": "balanced"} | asked)
    best = around(answer).best
    assert best
    assert around(answer).energy_kwh == Decimal(energy)
    assert all(one.reason.startswith(f"{energy} kWh for ") for one in best.slots)


@pytest.mark.parametrize(
    "asked",
    [
        {"lat": "NaN", "lon": "0"},
        {"lat": "-90", "lon": "180", "radius_km": "20100"},
        {"radius_km": "0"},
        {"day": "yesterday", "time": "25:00", "duration": "-5"},
        {"day": "9999-12-31", "time": "23:59"},
        {"q": "\x00", "connector": "USB_C", "vehicle": "mine"},
        {"prefer": "\x00", "order": "<script>alert(1)</script>"},
    ],
)
def test_nonsense_in_the_address_is_left_out(mine: Client, asked: dict[str, str]) -> None:
    make_station(latitude=53.56)
    answer = mine.get("/", HERE | {"prefer": "cheapest"} | asked, headers=ALONE)
    assert answer.status_code == 200
    assert b"<script>alert" not in answer.content


def test_without_a_place_the_way_begins_in_the_middle_or_at_the_first_station_named(mine: Client) -> None:
    make_station(name="Markt", latitude=53.56)
    make_station(name="Hafen", latitude=53.58)
    middle = mine.get("/", {"prefer": "nearest"})
    assert "Ways begin in the middle of the network" in text_of(middle)
    named = mine.get("/", {"prefer": "nearest", "q": "hafen"})
    assert "Ways begin at Hafen." in text_of(named)
    best = around(named).best
    assert best
    assert {(one.station, one.far_km) for one in best.slots} == {("Hafen", 0.0)}


def test_a_driver_goes_on_where_they_searched_last_with_a_way_chosen_too(mine: Client) -> None:
    make_station(latitude=53.56)
    mine.get("/", HERE)
    answer = mine.get("/", {"prefer": "cheapest"})
    assert answer.context["place"].latitude == 53.55
    assert "Ways begin" not in text_of(answer)


def test_htmx_gets_the_slots_alone_in_few_queries_whatever_is_found(
    mine: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    asked = HERE | {"prefer": "cheapest"}
    for number in range(2):
        make_station(latitude=53.55 + number / 100, evses=2)
        mine.get("/", asked, headers=ALONE)
        with django_assert_num_queries(5):  # who, their cars; stations, what is taken, the record
            answer = mine.get("/", asked, headers=ALONE)
    assert answer.content.lstrip().startswith(b"<section")
    assert b'<ol class="stations">' not in answer.content
    assert "HX-Request" in answer["Vary"]
    assert len(set(stations(answer))) == 2


def test_the_next_page_of_stations_ranks_nothing(mine: Client) -> None:
    make_station()
    assert mine.get("/", {"prefer": "cheapest", "page": "2"}).status_code == 200
    assert RecommendationShown.objects.count() == 0


def test_a_visitor_is_asked_to_sign_in_and_comes_back_and_nothing_is_recorded(browse: Browse) -> None:
    make_station()
    answer = browse(None).get("/", {"q": "station", "prefer": "cheapest"})
    back = quote("/?q=station&prefer=cheapest", safe="/")
    assert f'href="/accounts/login/?next={back}"' in answer.content.decode()
    assert (around(answer).best, RecommendationShown.objects.count()) == (None, 0)


def test_without_a_car_a_connector_is_asked_for_and_is_enough(browse: Browse, driver: User) -> None:
    make_station(name="Markt", latitude=53.56)
    client = browse(driver)
    answer = client.get("/", HERE | {"prefer": "cheapest"})
    assert "Add your car or choose a connector" in text_of(answer)
    assert (around(answer).best, RecommendationShown.objects.count()) == (None, 0)
    chosen = client.get("/", HERE | {"prefer": "cheapest", "connector": "IEC_62196_T2"})
    assert "with Type 2: about 22 kWh" in text_of(chosen)
    assert set(stations(chosen)) == {"Markt"}


def test_a_car_that_does_not_take_the_connector_searched_is_left_out(mine: Client) -> None:
    make_station(latitude=53.56, standard=ConnectorType.CHADEMO)
    found = around(mine.get("/", HERE | {"prefer": "cheapest", "connector": "CHADEMO"}))
    assert found.vehicle is None
    assert found.best


@pytest.mark.parametrize("day", ["2026-12-01", "2026-11-01", "2199-12-31"])
def test_where_nothing_is_free_it_says_so_and_the_way_stays_chosen(
    mine: Client, driver: User, day: str
) -> None:
    station = make_station(latitude=53.56, terms={"max_booking_duration": 2880})
    make_booking(station.evses.get(), driver, start=NINE.replace(hour=0), minutes=2880)
    answer = mine.get("/", HERE | {"prefer": "fastest", "day": day}, headers=ALONE)
    assert "Nothing here is free to book then." in answer.content.decode()
    assert [one.value for one in around(answer).preferences if one.current] == ["fastest"]


@pytest.mark.usefixtures("failing_ranker")
def test_a_ranker_that_fails_is_replaced_and_counted(mine: Client) -> None:
    before = FALLBACKS.labels("raised")._value.get()
    make_station(name="Markt", latitude=53.56)
    answer = mine.get("/", HERE | {"prefer": "cheapest"})
    assert stations(answer)[0] == "Markt"
    assert "In order of what each costs you." in text_of(answer)
    assert RecommendationShown.objects.get().ranker == "weighted-greedy"
    assert FALLBACKS.labels("raised")._value.get() == before + 1
