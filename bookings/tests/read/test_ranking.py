"""Rankers, the short list they see, and what happens to one that cannot be trusted."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pytest_django import Settings

from bookings.costs import Preference
from bookings.ports import Answer, Ranked, registered_ranker, use_ranker
from bookings.ranking.candidates import FEATURES, Candidate, Choice, RankingRequest, features_of, terms_of
from bookings.ranking.guard import FALLBACKS, CannotRank, rank_slots
from bookings.ranking.rankers import EarliestFirst, WeightedGreedy
from bookings.ranking.shortlist import shortlist
from evbooking.core.money import Money

NOW = datetime(2026, 12, 1, 7, tzinfo=UTC)
REQUEST = RankingRequest(53.55, 9.99, Decimal(22), NOW, NOW + timedelta(hours=6))


def candidate(name: str, *, start: int = 0, price: str = "11.00", km: float = 0.5, **more: Any) -> Candidate:
    """Two hours at 11 kW, so many minutes from now."""
    begin = NOW + timedelta(minutes=start)
    values: dict[str, Any] = {
        "station_id": uuid.uuid5(uuid.NAMESPACE_DNS, name),
        "station_slug": name,
        "station_name": name,
        "zone": ZoneInfo("Europe/Berlin"),
        "evse_uid": name,
        "is_dc": False,
        "power_kw": Decimal(11),
        "start": begin,
        "end": begin + timedelta(hours=2),
        "energy_kwh": Decimal(22),
        "price": Money(Decimal(price), "EUR"),
        "distance_km": km,
        "free_units": 1,
        "class_units": 2,
        **more,
    }
    return Candidate(**values)


CHEAP = candidate("cheap", price="8.00", start=120, km=1.0)
NEAR = candidate("near", price="12.00", start=60, km=0.1)
SOON = candidate("soon", price="14.00", start=0, km=1.5)


def order(answer: Answer) -> list[str]:
    return [one.candidate.station_name for one in answer.ranked]


def among(*candidates: Candidate) -> Choice:
    return Choice(candidates, [])


@pytest.mark.parametrize(
    ("preference", "expected"),
    [
        (Preference.BALANCED, ["soon", "near", "cheap"]),
        (Preference.CHEAPEST, ["near", "cheap", "soon"]),
        (Preference.FASTEST, ["soon", "near", "cheap"]),
        (Preference.NEAREST, ["near", "soon", "cheap"]),
    ],
)
def test_the_least_cost_comes_first_as_the_driver_prefers(
    preference: Preference, expected: list[str]
) -> None:
    request = replace(REQUEST, preference=preference)
    assert order(WeightedGreedy().rank(request, among(CHEAP, NEAR, SOON), NOW, most=12)) == expected


def test_the_earliest_comes_first_and_of_equals_the_nearest() -> None:
    twin = candidate("twin", start=0, km=0.2)
    assert order(EarliestFirst().rank(REQUEST, among(CHEAP, SOON, NEAR, twin), NOW, most=12)) == [
        "twin",
        "soon",
        "near",
        "cheap",
    ]


def test_score_is_the_sum_of_the_terms_and_is_said_in_words() -> None:
    [one] = WeightedGreedy().rank(REQUEST, among(NEAR), NOW, most=12).ranked
    assert one.terms == (12.0, 0.58, 8.0, 0.0)
    assert one.score == 20.58
    assert one.reason == ("22 kWh for 12.00 EUR, 0.1 km away (0.58 for the way), starts 1 h later (8.00).")


def test_a_slot_that_holds_less_than_asked_says_so_and_costs_more() -> None:
    short = candidate("short", end=NOW + timedelta(hours=1), energy_kwh=Decimal(11), price="5.50")
    [one] = WeightedGreedy().rank(REQUEST, among(short), NOW, most=12).ranked
    assert one.terms.duration_mismatch == 1.40
    assert one.reason.endswith("starts when you wish, gives less than the 22 kWh you asked for.")


def test_features_have_one_row_per_candidate_and_named_columns() -> None:
    rows = features_of(REQUEST, [CHEAP, NEAR, SOON], NOW)
    column = {name: rows[:, i].tolist() for i, name in enumerate(FEATURES)}
    assert rows.shape == (3, len(FEATURES))
    assert column["hours_to_start"] == [2.0, 1.0, 0.0]
    assert min(column["cost_minus_best_eur"]) == 0.0
    assert column["free_share"] == [0.5, 0.5, 0.5]
    assert np.allclose(column["cost_eur"], terms_of(REQUEST, [CHEAP, NEAR, SOON]).score)


def test_the_short_list_keeps_every_kind_before_seconds_of_one() -> None:
    seconds = [replace(SOON, start=SOON.start + timedelta(minutes=15 * n)) for n in range(1, 20)]
    candidates = [SOON, *seconds, CHEAP, NEAR]
    costs = terms_of(REQUEST, candidates).score.tolist()
    chosen = shortlist(candidates, costs, most=4)
    assert {one.station_name for one in chosen} == {"soon", "cheap", "near"}
    assert len(chosen) == 4
    assert seconds[0] in chosen


class Backwards:
    """A registered ranker: the dearest first, for it says that others pay for the cheap."""

    def rank(self, request: RankingRequest, choice: Choice, now: datetime, *, most: int) -> Answer | None:
        least_first = WeightedGreedy().rank(request, choice, now, most=most).ranked
        dearest = least_first[-1].score
        ranked = [replace(one, others=round(2 * (dearest - one.score), 2)) for one in least_first[::-1]]
        return Answer(ranked, "backwards 1 abc")


class Cheats(Backwards):
    """Ranks something else than it answers."""

    def rank(self, request: RankingRequest, choice: Choice, now: datetime, *, most: int) -> Answer | None:
        answer = super().rank(request, choice, now, most=most)
        assert answer
        return Answer(self.bend(answer.ranked), answer.version)

    def bend(self, ranked: list[Ranked]) -> list[Ranked]:
        return ranked


class HasNoOpinion(Backwards):
    def rank(self, request: RankingRequest, choice: Choice, now: datetime, *, most: int) -> Answer | None:
        return None


class Raises(Cheats):
    def bend(self, ranked: list[Ranked]) -> list[Ranked]:
        raise RuntimeError("no weights")


class GivesUp(Cheats):
    def bend(self, ranked: list[Ranked]) -> list[Ranked]:
        raise CannotRank("no_artefact", "the file is gone")


class Forgets(Cheats):
    def bend(self, ranked: list[Ranked]) -> list[Ranked]:
        return ranked[1:]


class Repeats(Cheats):
    def bend(self, ranked: list[Ranked]) -> list[Ranked]:
        return [ranked[0], *ranked[:-1]]


class Invents(Cheats):
    def bend(self, ranked: list[Ranked]) -> list[Ranked]:
        return [replace(ranked[0], candidate=candidate("elsewhere")), *ranked[1:]]


class HidesWhatOthersPay(Cheats):
    def bend(self, ranked: list[Ranked]) -> list[Ranked]:
        return [replace(one, others=0.0) for one in ranked]


class HidesAFee(Cheats):
    def bend(self, ranked: list[Ranked]) -> list[Ranked]:
        return [replace(one, score=one.score + 0.01) for one in ranked]


class Dawdles(Cheats):
    def bend(self, ranked: list[Ranked]) -> list[Ranked]:
        until = perf_counter() + 0.06
        while perf_counter() < until:
            pass
        return ranked


@pytest.fixture
def register() -> Iterator[Callable[[Any], None]]:
    before = registered_ranker()
    yield use_ranker
    use_ranker(before)


def counted(reason: str) -> float:
    value: float = FALLBACKS.labels(reason)._value.get()
    return value


def test_a_registered_ranker_decides(register: Callable[[Any], None], settings: Settings) -> None:
    settings.EVB_RANKER_BUDGET_MS = 10_000
    register(Backwards())
    answer = rank_slots(REQUEST, among(CHEAP, NEAR, SOON), NOW)
    assert (order(answer), answer.version) == (["cheap", "near", "soon"], "backwards 1 abc")


def test_a_ranker_without_an_opinion_leaves_the_answer_to_the_default(
    register: Callable[[Any], None],
) -> None:
    register(HasNoOpinion())
    before = sum(sample.value for metric in FALLBACKS.collect() for sample in metric.samples)
    answer = rank_slots(REQUEST, among(CHEAP, NEAR, SOON), NOW)
    assert (order(answer), answer.version) == (["soon", "near", "cheap"], "weighted-greedy")
    assert sum(sample.value for metric in FALLBACKS.collect() for sample in metric.samples) == before


@pytest.mark.parametrize(
    ("ranker", "reason"),
    [
        (Raises, "raised"),
        (GivesUp, "no_artefact"),
        (Forgets, "wrong_candidates"),
        (Repeats, "wrong_candidates"),
        (Invents, "wrong_candidates"),
        (HidesWhatOthersPay, "hidden_steering"),
        (HidesAFee, "hidden_steering"),
        (Dawdles, "too_slow"),
    ],
)
def test_a_ranker_that_fails_is_replaced_and_counted(
    register: Callable[[Any], None], settings: Settings, ranker: type[Backwards], reason: str
) -> None:
    if reason != "too_slow":
        settings.EVB_RANKER_BUDGET_MS = 10_000
    register(ranker())
    before = counted(reason)
    answer = rank_slots(REQUEST, among(CHEAP, NEAR, SOON), NOW)
    assert (order(answer), answer.version) == (["soon", "near", "cheap"], "weighted-greedy")
    assert counted(reason) == before + 1


def test_without_a_candidate_nobody_is_asked(register: Callable[[Any], None]) -> None:
    register(Raises())
    before = counted("raised")
    assert rank_slots(REQUEST, among(), NOW) == Answer([], "weighted-greedy")
    assert counted("raised") == before
