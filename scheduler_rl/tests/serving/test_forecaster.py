"""The forecast at work: the API's availability_probability, the station's page, and what happens without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from bookings.availability import offers_at
from bookings.ports import SlotsAsked, WalkInSite, forecaster, use_forecaster
from bookings.ranking.chances import FAILURES, chances_of
from bookings.selectors import CellState, slot_picker
from evbooking.core.ocpi import ReservationStatus as S
from scheduler_rl.forecasters import LiveForecaster
from scheduler_rl.models import PolicyVersion, StationOutlook
from scheduler_rl.serving.prior import read_prior
from scheduler_rl.serving.walk_in import usual_share
from scheduler_rl.tests.serving.conftest import NOW
from stations.models import EVSE, Station
from tests import factories

pytestmark = pytest.mark.django_db

Api = Callable[..., APIClient]
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def live() -> Iterator[LiveForecaster]:
    """A forecaster that has loaded nothing yet."""
    before, fresh = forecaster(), LiveForecaster()
    use_forecaster(fresh)
    yield fresh
    use_forecaster(before)


def asked(evse: EVSE, *starts: datetime) -> SlotsAsked:
    epochs = np.array([int(one.timestamp()) for one in starts])
    return SlotsAsked([evse.pk], epochs, np.ones((1, len(starts)), dtype=bool))


def chance(evse: EVSE, start: datetime, now: datetime) -> float:
    [found] = chances_of([asked(evse, start)], now)
    assert found is not None
    return float(found[0])


def slots_of(api: Api, station: Station) -> dict[str, float | None]:
    path = f"/api/v1/stations/{station.pk}/slots?date_from=2026-12-01T08:00:00Z&date_to=2026-12-01T13:00:00Z"
    return {one["start"][11:16]: one["availability_probability"] for one in api().get(path).json()["results"]}


def test_right_after_a_visit_a_slot_is_less_sure_than_later_and_than_before_it(
    api: Api, stations: list[Station]
) -> None:
    busy, free = (slots_of(api, one) for one in stations[:2])
    assert "09:00" not in busy
    after, later, never_busy = busy["11:00"], busy["12:45"], free["11:00"]
    assert after is not None
    assert later is not None
    assert never_busy is not None
    assert 0.5 < after < later < never_busy


def test_an_empty_charge_point_in_the_near_future_is_nearly_certain(
    stations: list[Station], now: datetime
) -> None:
    assert chance(stations[1].evses.all()[0], now + HOUR, now) == pytest.approx(0.999, abs=0.001)


def test_a_second_free_charge_point_makes_it_surer(stations: list[Station], now: datetime) -> None:
    first, second = stations[0].evses.all()
    start = now + 4 * HOUR
    alone = chance(first, start, now)
    epochs = np.array([int(start.timestamp())])
    [both] = chances_of([SlotsAsked([first.pk, second.pk], epochs, np.ones((2, 1), dtype=bool))], now)
    [taken] = chances_of([SlotsAsked([first.pk, second.pk], epochs, np.array([[True], [False]]))], now)
    assert both is not None
    assert taken is not None
    assert both[0] == pytest.approx(1 - (1 - alone) ** 2, abs=0.002)
    assert taken[0] == alone


def test_a_car_that_nobody_booked_for_is_seen_by_its_chargers_word(
    stations: list[Station], now: datetime
) -> None:
    evse = stations[1].evses.all()[0]
    before = chance(evse, now + HOUR / 4, now)
    EVSE.objects.filter(pk=evse.pk).update(
        reported_status="CHARGING", reported_at=now, status_since=now - HOUR
    )
    soon, late = chance(evse, now + HOUR / 4, now), chance(evse, now + 10 * HOUR, now)
    assert soon < 0.4
    assert soon < late < before
    EVSE.objects.filter(pk=evse.pk).update(reported_at=now - HOUR)
    assert chance(evse, now + HOUR / 4, now) == before


def test_who_stops_before_the_slot_ends_makes_the_next_surer(stations: list[Station], now: datetime) -> None:
    evse, start = stations[0].evses.all()[0], now + 4 * HOUR
    fitted = chance(evse, start, now)
    other = stations[5].evses.all()[0]
    for day in range(1, 41):
        begin = now - day * 24 * HOUR
        factories.make_booking(
            other, factories.make_user(), start=begin, status=S.COMPLETED, stopped_at=begin + HOUR / 2
        )
    use_forecaster(LiveForecaster())
    assert chance(evse, start, now) > fitted + 0.2


def test_one_answer_takes_three_queries_whatever_the_number_of_stations(
    stations: list[Station], now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """The active version, and who is there or to come; once in ten minutes how visits end; once the artefact."""
    every = [asked(evse, now + HOUR, now + 2 * HOUR) for one in stations for evse in one.evses.all()]
    with django_assert_num_queries(4):
        chances_of(every, now)
    with django_assert_num_queries(2):
        assert len(chances_of(every, now)) == 12


def test_without_an_active_forecast_the_field_is_null(api: Api, stations: list[Station]) -> None:
    PolicyVersion.objects.filter(kind="forecast").update(state=PolicyVersion.State.RETIRED)
    assert set(slots_of(api, stations[1]).values()) == {None}


def test_a_changed_artefact_is_not_loaded_and_the_field_is_null(api: Api, stations: list[Station]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE scheduler_rl_artefact DROP CONSTRAINT artefact_is_its_sha256")
        cursor.execute("UPDATE scheduler_rl_artefact SET content = set_byte(content, 2000, 7)")
    before = FAILURES._value.get()
    assert set(slots_of(api, stations[1]).values()) == {None}
    assert FAILURES._value.get() == before + 1


@pytest.mark.parametrize("days", [0, 1, 2, 6, 29])
def test_every_free_start_of_the_picker_has_its_chance_up_to_48_hours_ahead_and_beyond(
    stations: list[Station], now: datetime, days: int
) -> None:
    [offer] = offers_at([(stations[1].pk, stations[1].revision)])
    picker = slot_picker(offer, day=now.date() + timedelta(days=days), now=now)
    free = [cell for column in picker.columns for cell in column.cells if cell.state == CellState.FREE]
    assert len(free) >= 60
    assert all(cell.chance is not None and 0.98 < cell.chance <= 1 for cell in free)


def test_the_grid_says_how_sure_a_slot_is_where_it_is_not_quite(
    client: Client, stations: list[Station]
) -> None:
    first = stations[0].evses.all()[0]
    stations[0].evses.exclude(pk=first.pk).update(removed_at=NOW)
    answer = client.get(f"/stations/{stations[0].slug}/", {"day": "2026-12-01"})
    grid = answer.context["picking"].grid
    unsure = {one.time: one.unsure for one in grid.slots if one.unsure is not None}
    assert min(unsure) == "12:00"  # a visit ends then
    html = answer.content.decode()
    assert f'<span class="slot__sure">{unsure["12:00"]} % sure</span>' in html
    assert html.count("slot__sure") == len(unsure) < len(grid.slots)
    assert "A slot is at least 95 % sure to be free when you come, unless it says less." in html


def test_recommended_slots_say_how_sure_they_are(api: Api, stations: list[Station], driver: User) -> None:
    need = {
        "latitude": 53.55, "longitude": 9.99, "connector": "IEC_62196_T2", "energy_kwh": "11",
        "earliest": "2026-12-01T08:00:00Z", "latest": "2026-12-01T12:00:00Z",
    }  # fmt: skip
    results = api(driver).post("/api/v1/recommendations", need).json()["results"]
    assert {0.9 < one["availability_probability"] <= 1 for one in results} == {True}


def test_the_page_says_how_likely_a_charge_point_is_free_without_booking(
    client: Client, stations: list[Station], now: datetime
) -> None:
    station = stations[1]
    factories.make_evse(station, walk_in_only=True)
    text = client.get(f"/stations/{station.slug}/").content.decode()
    assert "Chance of a free charge point without booking: 9" in text
    assert "% in 15 min" in text
    assert "% sure" in text


def test_a_walk_in_charge_point_in_use_is_less_likely_free_and_the_less_the_sooner(
    stations: list[Station], now: datetime, live: LiveForecaster
) -> None:
    station = stations[1]
    evse = factories.make_evse(station, walk_in_only=True)
    site = WalkInSite(station.pk, ZoneInfo(station.time_zone), [evse.pk], 3)
    free = live.walk_in(site, [15, 60, 240, 2880], now)
    EVSE.objects.filter(pk=evse.pk).update(
        reported_status="CHARGING", reported_at=now, status_since=now - HOUR
    )
    used = live.walk_in(site, [15, 60, 240, 2880], now)
    assert free is not None
    assert used is not None
    assert (used[:3] < free[:3]).all()
    assert used[0] < used[1] < used[2]


def test_an_expected_hour_is_usually_as_full_as_those_who_came_and_stay() -> None:
    survival = np.tile(np.array([1.0, 1.0, 0.5] + [0.0] * 60), (6, 1))
    demand = np.zeros((2, 1, 24))
    demand[0, 0, 8] = 2.0  # two in the hour, half a car each quarter
    share = usual_share(demand, np.array([2]), survival)
    assert share[0, 0, 31:40].tolist() == pytest.approx(
        [0.001, 0.25, 0.5, 0.625, 0.625, 0.375, 0.125, 0.001, 0.001]
    )


def test_the_prior_says_when_hamburg_charges() -> None:
    prior = read_prior()
    assert prior.prices.shape == (2, 96)
    assert prior.demand.sum(axis=1).tolist() == pytest.approx([1.95, 1.20], abs=0.01)
    assert 9 <= prior.prices[0].argmax() // 4 <= 12


def test_owners_see_the_demand_to_expect(
    api: Api, client: Client, owner: User, station: Station, now: datetime
) -> None:
    for kind, peak in (("weekday", 8), ("weekend", 14)):
        demand = [0.0] * 24
        demand[peak] = 1.5
        StationOutlook.objects.create(
            station=station, kind=kind, prices=[0.0] * 144, demand=demand, fitted_at=now
        )
    answer = api(owner).get("/api/v1/operator/reports/demand").json()
    [row] = answer["results"]
    assert (row["station_id"], row["name"]) == (str(station.pk), station.name)
    assert [row["weekday"][8], row["weekend"][14], sum(row["weekday"])] == [1.5, 1.5, 1.5]
    csv = api(owner).get("/api/v1/operator/reports/demand?format=csv").content.decode().splitlines()
    assert csv[1].split(",")[2:12] == ["weekday", *["0.0"] * 8, "1.5"]
    client.force_login(owner)
    page = client.get(f"/operator/bookings/utilisation/?station={station.pk}").content.decode()
    assert "Expected sessions by hour" in page
    assert '<td class="heat__5">1.5</td>' in page
