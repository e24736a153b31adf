"""Trying rankers on real requests: who answers, what is put first, what is kept, and what came of it."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
import time_machine
from pytest_django import Settings

from accounts.models import User
from bookings.models import Booking, RecommendationShown
from bookings.ports import Answer, use_trials
from bookings.ranking.candidates import Choice, RankingRequest
from bookings.services.recommend import mark_taken, recommend
from evbooking.core.api.json import instant
from evbooking.core.ocpi import ReservationStatus as S
from scheduler_rl.checkpoints import load_network
from scheduler_rl.models import Experiment, PolicyVersion, RankedDecision
from scheduler_rl.policies.network import Layer
from scheduler_rl.rankers import DQNRanker, OneVersion
from scheduler_rl.selectors import active_version
from scheduler_rl.selectors.offpolicy import compare, logged_of
from scheduler_rl.selectors.record import weeks_since
from scheduler_rl.services.settling import settle_decisions
from scheduler_rl.services.trial import Trials, bucket_of
from scheduler_rl.services.versions import put_on_trial
from scheduler_rl.tests.operation.year import NOW, make_stations

pytestmark = pytest.mark.django_db
Arm = RankedDecision.Arm


@pytest.fixture(autouse=True)
def _now(settings: Settings) -> Iterator[None]:
    settings.EVB_RANKER_BUDGET_MS = 10_000
    with time_machine.travel(NOW, tick=False):
        make_stations(4)
        yield


@pytest.fixture
def candidate() -> PolicyVersion:
    """The shipped network but for noise in its last layer."""
    network = load_network()
    last = network.advantage[-1]
    noise = np.random.default_rng(1).normal(0, 10.0, last.weight.shape).astype(np.float32)
    other = dataclasses.replace(network, advantage=(*network.advantage[:-1], Layer(noise, last.bias)))
    return put_on_trial(other.to_bytes(), now=NOW)


def ask(driver: User | None, *, hour_eur: float = 8.0, plain: str = "") -> RankedDecision | None:
    begin, end = NOW + timedelta(hours=2), NOW + timedelta(hours=6)
    wanted = RankingRequest(53.55, 9.99, Decimal(22), begin, end, value_of_time_eur_h=hour_eur)
    known = set(RankedDecision.objects.values_list("pk", flat=True))
    recommend(driver, wanted, connector="IEC_62196_T2", vehicle=None, now=NOW, plain=plain)
    return RankedDecision.objects.exclude(pk__in=known).first()


def test_an_answer_is_kept_without_who_and_where(driver: User) -> None:
    kept = ask(driver)
    assert kept
    assert (kept.arm, kept.version, kept.propensity, kept.alongside) == (
        Arm.ACTIVE,
        active_version(PolicyVersion.Kind.RANKER),
        1.0,
        {},
    )
    assert kept.bucket == bucket_of(driver.pk)
    assert kept.expected_cost == Decimal(str(kept.candidates[0]["cost"]))
    assert sum(one["propensity"] for one in kept.candidates) == 1.0
    assert set(kept.features) == {
        "hour", "weekday", "lead_h", "window_h", "energy_kwh", "preference", "waiting_eur_h", "wished", "candidates",
    }  # fmt: skip
    assert str(driver.pk) not in str(kept.features) + str(kept.candidates)


def test_a_driver_who_goes_leaves_an_answer_of_nobody(driver: User) -> None:
    kept = ask(driver)
    assert kept
    RecommendationShown.objects.filter(driver=driver).delete()
    kept.refresh_from_db()
    assert kept.shown is None


def test_plain_rankers_take_no_part(driver: User) -> None:
    assert ask(driver, plain="cost") is None
    assert not RankedDecision.objects.exists()


def test_in_shadow_mode_the_candidate_is_scored_and_never_shown(
    driver: User, candidate: PolicyVersion
) -> None:
    kept = ask(driver)
    assert kept and kept.shown
    assert (kept.arm, kept.ranker.split()[2]) == (
        Arm.ACTIVE,
        active_version(PolicyVersion.Kind.RANKER).sha256,
    )
    beside = kept.alongside[str(candidate.pk)]
    assert beside["totals"] == sorted(beside["totals"])
    assert beside["order"] != list(range(len(kept.candidates)))
    assert kept.shown.shown[0]["start"] == kept.candidates[0]["start"]


def test_a_share_of_drivers_is_answered_by_the_candidate_always_the_same_ones(
    driver: User, stranger: User, candidate: PolicyVersion
) -> None:
    low, high = sorted((driver, stranger), key=lambda one: bucket_of(one.pk))
    edge = (bucket_of(low.pk) + 1) / 1000
    Experiment.objects.create(candidate_share=min(edge, 0.5))
    arms = [getattr(ask(one), "arm", None) for one in (low, high, low, None)]
    expected = Arm.CANDIDATE if bucket_of(low.pk) < 500 else Arm.ACTIVE
    assert arms == [expected, Arm.ACTIVE, expected, Arm.ACTIVE]


def test_buckets_are_even_and_the_same_for_good() -> None:
    found = np.array([bucket_of(uuid.UUID(int=number)) for number in range(20_000)])
    assert (found < 500).mean() == pytest.approx(0.5, abs=0.02)
    assert bucket_of(uuid.UUID(int=1)) == bucket_of(uuid.UUID(int=1)) == 375


def test_a_first_place_by_chance_says_so_and_keeps_its_probability(driver: User) -> None:
    Experiment.objects.create(exploration=0.2, near_equal_eur=1.0)
    found = [ask(driver, hour_eur=1.0) for _ in range(60)]
    by_chance = [
        one for one in found if one and one.candidates[0]["total"] > min(c["total"] for c in one.candidates)
    ]
    assert 1 <= len(by_chance) <= 25
    one = by_chance[0]
    assert one.propensity == pytest.approx(one.candidates[0]["propensity"], abs=1e-6)
    assert 0 < one.propensity <= 0.1
    assert sum(each["propensity"] for each in one.candidates) == pytest.approx(1.0, abs=1e-4)
    best = min(each["total"] for each in one.candidates)
    assert all(each["propensity"] == 0 for each in one.candidates if each["total"] > best + 1.0)


class Failing(OneVersion):
    def rank(self, *_: object, **__: object) -> Answer:
        raise RuntimeError("the candidate cannot answer")


class NoNumber(OneVersion):
    """Its answer cannot be written as JSON."""

    def rank(self, request: RankingRequest, choice: Choice, now: datetime, *, most: int) -> Answer:
        answer = super().rank(request, choice, now, most=most)
        first, *rest = answer.ranked
        return Answer([dataclasses.replace(first, others=float("nan")), *rest], answer.version)


@pytest.fixture
def candidate_is() -> Iterator[Callable[[type[OneVersion]], None]]:
    """Have candidates answered for by another ranker."""
    yield lambda kind: use_trials(Trials(lambda version: kind(DQNRanker(), version)))
    ranker = DQNRanker()
    use_trials(Trials(lambda version: OneVersion(ranker, version)))


def test_a_log_that_fails_spoils_no_answer(
    driver: User, candidate: PolicyVersion, candidate_is: Callable[[type[OneVersion]], None]
) -> None:
    candidate_is(NoNumber)
    assert ask(driver) is None
    assert len(RecommendationShown.objects.get().shown) == 12
    assert not RankedDecision.objects.exists()


def test_a_candidate_that_cannot_answer_leaves_the_log_of_what_was_shown(
    driver: User, candidate: PolicyVersion, candidate_is: Callable[[type[OneVersion]], None]
) -> None:
    candidate_is(Failing)
    kept = ask(driver)
    assert kept
    assert (kept.arm, kept.alongside, kept.propensity) == (Arm.ACTIVE, {}, 1.0)


def booked(kept: RankedDecision, driver: User, position: int) -> Booking:
    """Book what stands at a position of an answer, through a row of its own."""
    from stations.models import EVSE
    from tests import factories

    place = kept.candidates[position]
    start, end = (datetime.fromisoformat(place[name]) for name in ("start", "end"))
    evse = EVSE.objects.filter(station=place["station"]).first()
    assert evse
    minutes = int((end - start) / timedelta(minutes=1))
    booking = factories.make_booking(evse, driver, start=start, minutes=minutes, now=NOW)
    assert mark_taken(booking, now=NOW)
    return booking


def test_what_came_of_answers_is_settled_when_it_is_known(driver: User, stranger: User) -> None:
    taken, other = ask(driver), ask(stranger)
    assert taken and other
    booking = booked(taken, driver, 1)
    assert settle_decisions(now=NOW + timedelta(minutes=30)) == 0
    assert settle_decisions(now=NOW + timedelta(minutes=90)) == 1
    other.refresh_from_db()
    assert (other.taken, other.realised_cost, other.settled_at) == (None, None, NOW + timedelta(minutes=90))

    arrived = booking.start + timedelta(minutes=15)
    Booking.objects.filter(pk=booking.pk).update(status=S.COMPLETED, arrived_at=arrived)
    assert settle_decisions(now=NOW + timedelta(days=1)) == 1
    taken.refresh_from_db()
    place = taken.candidates[1]
    late_h = (arrived - (NOW + timedelta(hours=2))) / timedelta(hours=1)
    expected = 5.50 + place["travel"] + place["duration_mismatch"] + 8.0 * late_h
    assert (taken.taken, taken.taken_position) == (booking, 1)
    assert taken.expected_cost == Decimal(str(place["cost"]))
    assert float(taken.realised_cost or 0) == pytest.approx(expected, abs=0.01)
    (week,) = weeks_since(NOW - timedelta(days=7))
    assert (week.answers, week.taken, week.first, week.visits) == (2, 0.5, 0.0, 1)
    assert settle_decisions(now=NOW + timedelta(days=402)) == 0
    assert not RankedDecision.objects.exists()


def test_a_booking_is_found_where_its_own_end_stood_in_the_answer(driver: User) -> None:
    """The first slot of a station is its slow charger's, the second its fast one's: they start alike."""
    kept = ask(driver)
    assert kept
    fast = kept.candidates[0]
    slow = fast | {"end": instant(NOW + timedelta(hours=9)), "cost": fast["cost"] + 1}
    kept.candidates = [slow, fast]
    kept.save()
    booked(kept, driver, 1)
    Booking.objects.update(status=S.COMPLETED)
    assert settle_decisions(now=NOW + timedelta(days=1)) == 1
    kept.refresh_from_db()
    assert (kept.taken_position, kept.expected_cost) == (1, Decimal(str(fast["cost"])))


def test_the_off_policy_estimate_of_a_logged_year_holds_the_simulated_truth(candidate: PolicyVersion) -> None:
    """4,000 answers over a year, one in five first places by chance; the candidate sees costs more exactly."""
    rng = np.random.default_rng(11)
    truth, rows = [], []
    for number in range(4000):
        cost = rng.gamma(9.0, 1.0, 2)
        seen, better = cost + rng.normal(0, 1.5, 2), cost + rng.normal(0, 0.5, 2)
        order = np.argsort(seen)
        first = order[0] if rng.random() < 0.8 else order[1]
        wanted = int(better.argmin())
        truth.append(cost[wanted])
        chances = {int(order[0]): 0.8, int(order[1]): 0.2}
        places = [
            candidate_row(number, int(one), float(seen[one]), chances[int(one)]) for one in (first, 1 - first)
        ]
        rows.append(
            RankedDecision(
                at=NOW - timedelta(hours=2 * number),
                arm=Arm.ACTIVE,
                ranker="dqn",
                features={},
                candidates=places,
                alongside={str(candidate.pk): {"first": candidate_row(number, wanted, float(seen[wanted]))}},
                propensity=0.8 if first == order[0] else 0.2,
                expected_cost=Decimal(5),
                realised_cost=Decimal(str(round(float(cost[first]), 2))),
                settled_at=NOW,
            )
        )
    RankedDecision.objects.bulk_create(rows, batch_size=2000)
    found = compare(candidate, since=NOW - timedelta(days=365))
    assert found
    assert found.decisions == 4000
    for estimate in found.candidate:
        assert estimate.holds(float(np.mean(truth)))
    assert 0.5 < found.agreement < 1
    assert found.gain.mean - found.gain.ci95 > 0
    assert compare(candidate, since=NOW) is None


def test_of_equal_ones_the_version_that_answered_had_wanted_the_likelier_first() -> None:
    """The other of two equal ones was drawn: a weight of 1/0.1 for it would count the answer ten times."""
    likely, drawn = candidate_row(1, 0, 5.0, 0.9), candidate_row(1, 1, 5.0, 0.1)
    row = {"candidates": [drawn, likely], "alongside": {}, "propensity": 0.1, "realised_cost": Decimal(5)}
    assert logged_of([row], None).weights.tolist() == [0.0]
    straight = row | {"candidates": [likely, drawn], "propensity": 0.9}
    assert logged_of([straight], None).weights.tolist() == [pytest.approx(1 / 0.9)]


def test_a_slower_charger_of_the_same_station_is_another_slot() -> None:
    fast = candidate_row(1, 0, 5.0)
    row = {
        "candidates": [fast],
        "alongside": {"other": {"first": fast | {"end": "later"}}},
        "propensity": 1.0,
        "realised_cost": Decimal(5),
    }
    assert logged_of([row], "other").agrees.tolist() == [False]


def candidate_row(number: int, which: int, seen: float, chance: float = 1.0) -> dict[str, object]:
    terms = {"energy": seen, "travel": 0.0, "waiting": 0.0, "duration_mismatch": 0.0}
    return {
        "station": str(which),
        "start": str(number),
        "end": str(number),
        "propensity": chance,
        "dc": False,
        "cost": seen,
        "others": 0.0,
        "total": seen,
        **terms,
    }
