"""The page of a station: what is there, and the picker of its slots."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from bookings.models import RecommendationShown
from bookings.tests.pages.conftest import NINE, Browse, form_of, text_of
from evbooking.core.ocpi import ConnectorType
from stations.models import Station
from tests.factories import ENERGY_TARIFF, make_booking, make_evse, make_station, make_tariff, make_vehicle

pytestmark = pytest.mark.django_db


def page(station: Station) -> str:
    return f"/stations/{station.slug}/"


def slots(answer: Any) -> list[tuple[str, str]]:
    return [(one.time, str(one.price)) for one in answer.context["picking"].grid.slots]


def test_it_says_what_there_is_and_what_it_costs(browse: Browse) -> None:
    station = make_station(
        name="Markt", facilities=["HOTEL"], terms={"noshow_fee_amount": Decimal(3), "late_cancel_share": 50}
    )
    make_evse(station, standard=ConnectorType.IEC_62196_T2_COMBO, floor_level="-2", inhibits=["fault"])
    text = text_of(browse(None).get(page(station)))
    for words in (
        "Markt",
        "Open 24 h",
        "1 of 2 free now",
        "1 × CCS2, 50 kW",
        "Out of order",
        "Floor -2",
        "Energy",
        "0.50 EUR/kWh",
        "Prices include VAT.",
        "You pay at the charger, not now.",
        "Cancel free of charge until 1 h before the start; after that for 50 % of the price.",
        "If you do not come, the slot is given away and costs 3.00 EUR.",
        "Starts in Berlin time for 1 h.",
        "Hotel",
    ):
        assert words in text


def test_the_grid_and_the_list_offer_the_same_slots_with_prices(browse: Browse, driver: User) -> None:
    station = make_station()
    make_booking(station.evses.get(), driver, start=NINE)
    answer = browse(None).get(page(station))
    assert slots(answer)[:3] == [("09:00", "5.50 EUR"), ("11:00", "5.50 EUR"), ("11:15", "5.50 EUR")]
    form = form_of(answer, f"/stations/{station.slug}/book/")
    values = [value for _, value in form["buttons"]]
    assert values[: len(values) // 2] == values[len(values) // 2 :]
    assert values[0] == f"2026-12-01T08:00:00Z IEC_62196_T2 {station.evses.get().uid}"
    assert form["fields"] == {"minutes": "60", "vehicle": ""}


def test_seven_days_are_tabs_with_what_is_free_and_the_next_seven_follow(browse: Browse) -> None:
    picking = browse(None).get(page(make_station())).context["picking"]
    assert [(tab.label, tab.note) for tab in picking.tabs][:2] == [
        ("Tue 1 Dec", "60 free"),
        ("Wed 2", "96 free"),
    ]
    assert (picking.earlier, str(picking.later)) == (None, "2026-12-08")


def test_another_day_duration_and_connector_stand_in_the_address(browse: Browse) -> None:
    station = make_station()
    make_evse(station, standard=ConnectorType.IEC_62196_T2_COMBO)
    asked = {"day": "2026-12-03", "minutes": "30", "connector": "IEC_62196_T2_COMBO"}
    answer = browse(None).get(page(station), asked)
    picking = answer.context["picking"]
    assert (str(picking.day), picking.minutes) == ("2026-12-03", 30)
    assert [head.standard for head in picking.grid.heads] == ["IEC_62196_T2_COMBO"]
    assert slots(answer)[0] == ("00:00", "12.50 EUR")


def test_without_scripts_the_list_of_durations_wins_over_the_slider(browse: Browse) -> None:
    answer = browse(None).get(page(make_station()), {"minutes": "60", "exact": "120"})
    assert answer.context["picking"].minutes == 120


@pytest.mark.parametrize(
    ("asked", "minutes"),
    [
        ({"minutes": "7"}, 15),
        ({"minutes": "2000"}, 480),
        ({"minutes": "x", "day": "never", "connector": "USB_C", "vehicle": "mine"}, 60),
        ({"minutes": "-60", "day": "1900-01-01"}, 60),
        ({"exact": "99999", "day": "9999-12-31"}, 60),
        ({"day": "\x00"}, 60),
    ],
)
def test_nonsense_in_the_address_shows_what_can_be_booked(
    browse: Browse, asked: dict[str, str], minutes: int
) -> None:
    answer = browse(None).get(page(make_station()), asked)
    assert (answer.status_code, answer.context["picking"].minutes) == (200, minutes)


def test_the_first_day_with_a_free_slot_is_shown_first(browse: Browse, driver: User) -> None:
    station = make_station(terms={"max_booking_duration": 2880})
    midnight = NINE - timedelta(hours=2)
    make_booking(station.evses.get(), driver, start=midnight, minutes=24 * 60)
    picking = browse(None).get(page(station)).context["picking"]
    assert str(picking.day) == "2026-12-02"


def test_the_hour_that_comes_twice_makes_two_rows_that_name_their_clock(browse: Browse) -> None:
    station = make_station(terms={"booking_horizon_minutes": 400 * 1440})
    rows = browse(None).get(page(station), {"day": "2027-10-31"}).context["picking"].grid.rows
    assert [row.label for row in rows][:5] == ["00:00", "01:00", "02:00 CEST", "02:00 CET", "03:00"]
    assert rows[3].cells[0].slots[0].time == "02:00 CET"


def test_the_drivers_car_sets_energy_and_price(browse: Browse, driver: User) -> None:
    station = make_station()
    make_vehicle(driver, max_ac_kw=Decimal("7.4"))
    answer = browse(driver).get(page(station))
    assert slots(answer)[0] == ("09:00", "3.70 EUR")
    assert "Prices for your Volkswagen ID.3." in text_of(answer)
    any_car = browse(driver).get(page(station), {"vehicle": ""})
    assert slots(any_car)[0] == ("09:00", "5.50 EUR")


def test_who_has_no_car_reads_that_one_may_take_less(browse: Browse, driver: User) -> None:
    station = make_station()
    words = "Prices for as much as the charge point gives"
    assert f"{words}." in text_of(browse(None).get(page(station)))
    answer = browse(driver).get(page(station))
    assert f"{words}; your car may take less." in text_of(answer)
    assert f'<a href="{reverse("accounts:vehicles")}">your car</a>' in answer.content.decode()


def test_the_best_slots_say_why_and_are_remembered_as_shown(browse: Browse, driver: User) -> None:
    station = make_station(name="Here")
    answer = browse(driver).get(page(station))
    best = answer.context["best"].slots
    assert (best[0].day, best[0].time, best[0].here) == ("Tue 1 Dec", "09:00–10:00", True)
    assert best[0].reason.startswith("11 kWh for 5.50 EUR, 0.0 km away")
    assert "Best slots for you" in text_of(answer)
    shown = RecommendationShown.objects.get()
    assert (shown.driver, shown.shown[0]["station"]) == (driver, str(station.pk))


def test_what_matters_most_and_the_plain_order_are_one_click_away(browse: Browse, driver: User) -> None:
    station = make_station(name="Here")
    part = {"type": "ENERGY", "price": 0.30, "vat": 19, "step_size": 1}
    cheap = make_tariff(station.operator, {**ENERGY_TARIFF, "elements": [{"price_components": [part]}]})
    make_station(station.operator, name="Cheaper", latitude=station.latitude + 0.01, tariff=cheap)
    found = {
        (prefer, order): browse(driver).get(page(station), {"prefer": prefer, "order": order}).context["best"]
        for prefer, order in (("", ""), ("cheapest", ""), ("cheapest", "earliest"), ("nonsense", "nonsense"))
    }
    first = {asked: best.slots[0].station for asked, best in found.items()}
    html = browse(driver).get(page(station), {"day": "2026-12-01", "prefer": "cheapest"}).content.decode()
    for way in ("day=2026-12-01&amp;prefer=fastest", "day=2026-12-01&amp;prefer=cheapest&amp;order=earliest"):
        assert f'href="?{way}" hx-get="?{way}"' in html.replace('" aria-current="true"', '"')
    assert first["", ""] == first["nonsense", "nonsense"] == first["cheapest", "earliest"] == "Here"
    assert first["cheapest", ""] == "Cheaper"
    cheapest = found["cheapest", "earliest"]
    assert [one.label for one in cheapest.preferences if one.current] == ["Cheapest"]
    assert [one.label for one in cheapest.orders if one.current] == ["Earliest"]
    assert cheapest.ordered == "The earliest start first, then the nearest."
    starts = [one.time for one in cheapest.slots]
    assert starts == sorted(starts)
    assert (
        RecommendationShown.objects.filter(ranker="earliest-first", request__preference="cheapest").count()
        == 1
    )


def test_the_sums_of_a_recommended_slot_add_up(browse: Browse, driver: User) -> None:
    best = browse(driver).get(page(make_station(name="Here")), {"order": "cost"}).context["best"]
    assert best.slots[0].sums == "For you 6.83 EUR: charge 5.50 + waiting 1.33."
    assert best.slots[1].sums == "For you 8.83 EUR: charge 5.50 + waiting 3.33."


def test_the_grid_marks_the_best_slots_that_stand_above_it_and_no_others(
    browse: Browse, driver: User
) -> None:
    station = make_station(name="Here", evses=2)
    make_evse(station, standard=ConnectorType.IEC_62196_T2_COMBO)
    part = {"type": "ENERGY", "price": 0.45, "vat": 19, "step_size": 1}
    cheap = make_tariff(station.operator, {**ENERGY_TARIFF, "elements": [{"price_components": [part]}]})
    make_station(station.operator, name="Cheaper", tariff=cheap, standard=ConnectorType.IEC_62196_T2_COMBO)
    context = browse(driver).get(page(station)).context
    best, grid = context["best"], context["picking"].grid
    here = [(rank, one.time) for rank, one in enumerate(best.first, start=1) if one.here]
    assert [(one.rank, f"{one.time}\N{EN DASH}{one.until}") for one in grid.best] == here
    assert 0 < len(here) < 3
    assert {one.head.standard for one in grid.best} == {"IEC_62196_T2_COMBO"}
    in_rows = [slot for row in grid.rows for cell in row.cells for slot in cell.slots if slot.rank]
    assert sorted(slot.value for slot in in_rows) == sorted(slot.value for slot in grid.best)


def test_a_visitor_sees_marks_in_the_grid_and_nothing_is_recorded(browse: Browse) -> None:
    answer = browse(None).get(page(make_station()))
    assert [one.rank for one in answer.context["picking"].grid.best] == [1, 2, 3]
    assert not RecommendationShown.objects.exists()


def test_a_station_that_takes_no_bookings_says_so(browse: Browse) -> None:
    station = make_station(evses=0)
    make_evse(station, walk_in_only=True)
    answer = browse(None).get(page(station))
    assert answer.status_code == 200
    assert "No slots to book here just now" in text_of(answer)


def test_a_day_without_a_free_slot_says_what_to_try(browse: Browse, driver: User) -> None:
    station = make_station(terms={"max_booking_duration": 2880})
    make_booking(station.evses.get(), driver, start=NINE - timedelta(hours=2), minutes=24 * 60)
    assert "Nothing free on this day" in text_of(browse(None).get(page(station), {"day": "2026-12-01"}))


@pytest.mark.parametrize("approval", ["DRAFT", "SUBMITTED", "REJECTED", "SUSPENDED"])
def test_only_approved_stations_have_a_page(browse: Browse, approval: str) -> None:
    assert browse(None).get(page(make_station(approval=approval))).status_code == 404


def test_there_is_no_page_of_a_station_that_never_was(browse: Browse) -> None:
    assert browse(None).get("/stations/nowhere/").status_code == 404


def test_nothing_that_operators_write_becomes_markup(browse: Browse) -> None:
    station = make_station(name="<b>Bold</b>", description="<script>alert(1)</script>", address="'\"><i>")
    content = browse(None).get(page(station)).content
    assert b"<b>Bold" not in content
    assert b"<script>alert" not in content
    assert b"<i>" not in content


def test_the_page_takes_few_queries_whatever_the_number_of_charge_points(
    browse: Browse, driver: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_vehicle(driver)
    station = make_station(evses=2)
    client = browse(driver)
    client.get(page(station))
    with django_assert_max_num_queries(13) as counted:
        client.get(page(station))
    before = len(counted)
    for _ in range(6):
        make_evse(station)
    client.get(page(station))
    with django_assert_max_num_queries(before):
        client.get(page(station))
