"""The ranker at work on the database, and really broken in every way it can be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as property_settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from accounts.models import User
from bookings.costs import Preference
from bookings.models import RecommendationShown
from bookings.ranking.candidates import Choice
from bookings.ranking.guard import FALLBACKS, rank_slots
from scheduler_rl.checkpoints import SHIPPED, promised_sha256
from scheduler_rl.models import Artefact, PolicyVersion, StationOutlook
from scheduler_rl.outlooks import FRESH_FOR, Outlooks
from scheduler_rl.policies.network import Network
from scheduler_rl.rankers import DQNRanker
from scheduler_rl.tests.serving.conftest import NOW, choice_of, request
from scheduler_rl.tests.test_network import blank_network
from stations.models import Station

pytestmark = pytest.mark.django_db

Api = Callable[..., APIClient]
ACTIVE = PolicyVersion.State.ACTIVE
NEED = {
    "latitude": 53.55,
    "longitude": 9.99,
    "connector": "IEC_62196_T2",
    "energy_kwh": "22",
    "earliest": "2026-12-01T08:00:00Z",
    "latest": "2026-12-01T13:00:00Z",
}


def counted(reason: str) -> float:
    value: float = FALLBACKS.labels(reason)._value.get()
    return value


def activate(network: Network, name: str) -> PolicyVersion:
    """Another version in the place of the present one."""
    content = network.to_bytes()
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(sha256(%s), 'hex')", [content])
        [sha256] = cursor.fetchone()
    now = timezone.now()
    Artefact.objects.create(sha256=sha256, content=content, created_at=now)
    PolicyVersion.objects.filter(kind="ranker", state=ACTIVE).update(state=PolicyVersion.State.RETIRED)
    return PolicyVersion.objects.create(
        kind="ranker", name=name, version="2", artefact_id=sha256, origin="TRAINED", state=ACTIVE,
        created_at=now, activated_at=now,
    )  # fmt: skip


def test_the_active_network_answers_and_says_so(
    stations: list[Station], ranker: DQNRanker, api: Api, driver: User
) -> None:
    body = api(driver).post("/api/v1/recommendations", NEED).json()
    sha256 = promised_sha256(SHIPPED)
    assert sha256
    assert body["model"] == {"name": "dqn", "version": f"shipped-{sha256[:8]}", "sha256": sha256}
    assert len(body["results"]) == 12
    assert RecommendationShown.objects.get().ranker.split() == list(body["model"].values())


def test_what_the_json_shows_adds_up_and_is_the_order(
    stations: list[Station], ranker: DQNRanker, api: Api, driver: User
) -> None:
    results = api(driver).post("/api/v1/recommendations", NEED).json()["results"]
    totals = []
    for one in results:
        cents = sum(round(Decimal(term["amount"]) * 100) for term in one["terms"].values())
        assert set(one["terms"]) == {"energy", "travel", "waiting", "duration_mismatch"}
        assert cents == round(one["score"] * 100)
        totals.append(cents + round(Decimal(one["effect_on_others"]["amount"]) * 100))
    assert totals == sorted(totals)
    assert [one["rank"] for one in results] == list(range(1, 13))


@property_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    energy=st.integers(4, 60),
    hours=st.integers(1, 30),
    value=st.one_of(st.none(), st.floats(0, 40)),
    preference=st.sampled_from(Preference),
)
def test_terms_add_up_to_the_score_and_scores_with_what_others_pay_are_the_order(
    stations: list[Station],
    ranker: DQNRanker,
    energy: int,
    hours: int,
    value: float | None,
    preference: Preference,
) -> None:
    wanted = request(energy=str(energy), hours=hours, value_of_time_eur_h=value, preference=preference)
    choice = choice_of(wanted)
    answer = rank_slots(wanted, choice, NOW)
    assert answer.version.startswith("dqn ")
    for one in answer.ranked:
        assert sum(round(term * 100) for term in one.terms) == round(one.score * 100)
        assert round(one.total * 100) == round(one.score * 100) + round(one.others * 100)
    assert all(earlier.total <= later.total for earlier, later in pairwise(answer.ranked))
    assert min(one.others for one in answer.ranked) >= 0


def test_without_anything_learned_in_it_the_order_is_own_cost_plus_shadow_price(
    stations: list[Station], ranker: DQNRanker
) -> None:
    """08:00 to 10:00 UTC is dear at the nearest station: the network that is the bid-price policy sends us away."""
    activate(blank_network(), "blank")
    wanted = request(hours=1)
    dear = np.zeros(144)
    dear[36:44] = 0.30  # 09:00 to 11:00 on the clock of Hamburg
    for station in stations[1:]:
        for kind in StationOutlook.Kind.values:
            prices = (dear if station == stations[1] else dear * 0.2).tolist()
            StationOutlook.objects.create(
                station=station, kind=kind, prices=prices, demand=[1.0] * 24, fitted_at=NOW
            )
    choice = choice_of(wanted)
    ranked = {
        (one.candidate.station_id, one.candidate.start): one for one in rank_slots(wanted, choice, NOW).ranked
    }
    here, there = (ranked[station.pk, NOW + timedelta(hours=1)] for station in stations[1:3])
    assert here.others - there.others == pytest.approx(8 * 0.30 * 0.8)
    assert here.reason.endswith(f"This time is worth {here.others:.2f} EUR to others.")
    assert (
        f"Instead: 09:00–11:00 at {stations[1].name} is worth 1.92 EUR more to others, "
        f"it costs you {there.score - here.score:.2f} more, your time included." in there.reason
    )


def test_another_active_version_answers_at_once_and_a_roll_back_too(
    stations: list[Station], ranker: DQNRanker
) -> None:
    wanted = request()
    choice = choice_of(wanted)
    shipped = PolicyVersion.objects.get(kind="ranker", state=ACTIVE)
    first = rank_slots(wanted, choice, NOW)
    blank = activate(blank_network(), "blank")
    second = rank_slots(wanted, choice, NOW)
    blank.state = PolicyVersion.State.RETIRED
    blank.save()
    shipped.state = ACTIVE
    shipped.save()
    third = rank_slots(wanted, choice, NOW)
    assert second.version == f"blank 2 {blank.sha256}"
    assert (first.version, first.ranked) == (third.version, third.ranked)
    assert [one.others for one in first.ranked] != [one.others for one in second.ranked]


def test_two_queries_are_made_whatever_the_number_of_stations(
    stations: list[Station], ranker: DQNRanker, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """The active version and what is booked; the network and the outlooks are known from the first answer."""
    wanted = request()
    choice = choice_of(wanted)
    with django_assert_num_queries(4):
        rank_slots(wanted, choice, NOW)
    with django_assert_num_queries(2):
        rank_slots(wanted, choice, NOW)


def test_without_an_active_version_weighted_greedy_answers_and_nothing_is_counted(
    stations: list[Station], ranker: DQNRanker
) -> None:
    PolicyVersion.objects.filter(kind="ranker").update(state=PolicyVersion.State.RETIRED)
    before = sum(sample.value for metric in FALLBACKS.collect() for sample in metric.samples)
    assert rank_slots(request(), choice_of(request()), NOW).version == "weighted-greedy"
    assert sum(sample.value for metric in FALLBACKS.collect() for sample in metric.samples) == before


def lose_the_artefact(stations: list[Station], settings: Settings) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE confrelid = 'scheduler_rl_artefact'::regclass AND contype = 'f'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE scheduler_rl_policyversion DROP CONSTRAINT "{name}"')
        cursor.execute("DELETE FROM scheduler_rl_artefact")


def change_a_byte(stations: list[Station], settings: Settings) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE scheduler_rl_artefact DROP CONSTRAINT artefact_is_its_sha256")
        cursor.execute("UPDATE scheduler_rl_artefact SET content = set_byte(content, 2000, 7)")


def store_other_bytes_as_a_network(stations: list[Station], settings: Settings) -> None:
    content = b"no network at all"
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(sha256(%s), 'hex')", [content])
        [sha256] = cursor.fetchone()
    Artefact.objects.create(sha256=sha256, content=content, created_at=NOW)
    PolicyVersion.objects.filter(kind="ranker").update(artefact=sha256)


def spoil_an_outlook(stations: list[Station], settings: Settings) -> None:
    for kind in StationOutlook.Kind.values:
        StationOutlook.objects.create(
            station=stations[2], kind=kind, prices=[float("nan")] * 144, demand=[1.0] * 24, fitted_at=NOW
        )


def spoil_the_network(stations: list[Station], settings: Settings) -> None:
    network = blank_network()
    network.value[0].bias[:] = np.nan
    activate(network, "spoiled")


def leave_no_time(stations: list[Station], settings: Settings) -> None:
    settings.EVB_RANKER_BUDGET_MS = 0


@pytest.mark.parametrize(
    ("break_it", "reason"),
    [
        (lose_the_artefact, "no_artefact"),
        (change_a_byte, "wrong_artefact"),
        (store_other_bytes_as_a_network, "wrong_artefact"),
        (spoil_an_outlook, "not_finite"),
        (spoil_the_network, "not_finite"),
        (leave_no_time, "too_slow"),
    ],
)
def test_a_broken_ranker_is_replaced_by_weighted_greedy_and_counted(
    stations: list[Station],
    ranker: DQNRanker,
    settings: Settings,
    break_it: Callable[[list[Station], Settings], None],
    reason: str,
) -> None:
    wanted = request()
    choice = choice_of(wanted)
    assert rank_slots(wanted, choice, NOW, most=3).version.startswith("dqn ")
    break_it(stations, settings)
    ranker.__init__()  # type: ignore[misc]  # as another process that has loaded nothing
    before = counted(reason)
    answer = rank_slots(wanted, choice, NOW, most=3)
    assert (answer.version, len(answer.ranked)) == ("weighted-greedy", 3)
    assert all(one.others == 0 for one in answer.ranked)
    assert counted(reason) == before + 1


def test_ten_thousand_candidates_are_ranked_by_weighted_greedy(
    stations: list[Station], ranker: DQNRanker
) -> None:
    wanted = request()
    choice = choice_of(wanted)
    one, minute = choice.candidates[0], timedelta(minutes=1)
    many = [replace(one, start=one.start + n * minute, end=one.end + n * minute) for n in range(10_000)]
    before = counted("too_many")
    answer = rank_slots(wanted, Choice(many, choice.sites), NOW)
    assert (answer.version, len(answer.ranked), answer.ranked[0].candidate) == (
        "weighted-greedy",
        12,
        many[0],
    )
    assert counted("too_many") == before + 1


def test_no_candidate_is_an_empty_answer(stations: list[Station], ranker: DQNRanker) -> None:
    wanted = request()
    assert rank_slots(wanted, Choice([], choice_of(wanted).sites), NOW).ranked == []


def test_one_candidate_is_enough_and_days_ahead_are_not_too_far(
    stations: list[Station], ranker: DQNRanker
) -> None:
    begin = NOW + timedelta(days=5)
    wanted = replace(request(), earliest=begin, latest=begin + timedelta(days=3))
    choice = choice_of(wanted)
    answer = rank_slots(wanted, Choice(choice.candidates[:1], choice.sites), NOW)
    assert (answer.version[:4], len(answer.ranked), answer.ranked[0].others) == ("dqn ", 1, 0.0)


def test_another_thread_that_begins_anew_takes_no_outlook_from_this_one(stations: list[Station]) -> None:
    """The cache grew old in another thread while this one's query ran."""
    wanted, outlooks = [one.pk for one in stations], Outlooks()

    def meanwhile(execute: Callable[..., object], *arguments: object) -> object:
        found = execute(*arguments)
        outlooks.of([], NOW + FRESH_FOR)
        return found

    with connection.execute_wrapper(meanwhile):
        assert outlooks.of(wanted, NOW) == {}
