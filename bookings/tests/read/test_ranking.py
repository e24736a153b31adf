"""Rankers, the short list they see, and what happens to one that cannot be trusted."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import perf_counter
from typing import Any

import numpy as np
import pytest

from bookings.costs import Preference
from bookings.ports import Ranked, use_ranker
from bookings.ranking.build import shortlist
from bookings.ranking.candidates import FEATURES, Candidate, RankingRequest, features_of, terms_of
from bookings.ranking.guard import FALLBACKS, rank_slots
from bookings.ranking.rankers import EarliestFirst, WeightedGreedy
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


def order(ranked: Sequence[Ranked]) -> list[str]:
    return [one.candidate.station_name for one in ranked]


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
    assert order(WeightedGreedy().rank(request, [CHEAP, NEAR, SOON], NOW)) == expected


def test_the_earliest_comes_first_and_of_equals_the_nearest() -> None:
    twin = candidate("twin", start=0, km=0.2)
    assert order(EarliestFirst().rank(REQUEST, [CHEAP, SOON, NEAR, twin], NOW)) == [
        "twin",
        "soon",
        "near",
        "cheap",
    ]


def test_score_is_the_sum_of_the_terms_and_is_said_in_words() -> None:
    [one] = WeightedGreedy().rank(REQUEST, [NEAR], NOW)
    assert one.terms == (12.0, 0.58, 8.0, 0.0)
    assert one.score == 20.58
    assert one.reason == ("22 kWh for 12.00 EUR, 0.1 km away (0.58 for the way), starts 1 h later (8.00).")


def test_a_slot_that_holds_less_than_asked_says_so_and_costs_more() -> None:
    short = candidate("short", end=NOW + timedelta(hours=1), energy_kwh=Decimal(11), price="5.50")
    [one] = WeightedGreedy().rank(REQUEST, [short], NOW)
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
    """A registered ranker: the dearest first."""

    version = "backwards 1 abc"

    def rank(self, request: RankingRequest, candidates: Sequence[Candidate], now: datetime) -> list[Ranked]:
        return WeightedGreedy().rank(request, candidates, now)[::-1]


class Raises(Backwards):
    def rank(self, request: RankingRequest, candidates: Sequence[Candidate], now: datetime) -> list[Ranked]:
        raise RuntimeError("no weights")


class Forgets(Backwards):
    def rank(self, request: RankingRequest, candidates: Sequence[Candidate], now: datetime) -> list[Ranked]:
        return super().rank(request, candidates, now)[1:]


class Repeats(Backwards):
    def rank(self, request: RankingRequest, candidates: Sequence[Candidate], now: datetime) -> list[Ranked]:
        ranked = super().rank(request, candidates, now)
        return [ranked[0], *ranked[:-1]]


class Invents(Backwards):
    def rank(self, request: RankingRequest, candidates: Sequence[Candidate], now: datetime) -> list[Ranked]:
        ranked = super().rank(request, candidates, now)
        return [replace(ranked[0], candidate=candidate("elsewhere")), *ranked[1:]]


class Dawdles(Backwards):
    def rank(self, request: RankingRequest, candidates: Sequence[Candidate], now: datetime) -> list[Ranked]:
        until = perf_counter() + 0.06
        while perf_counter() < until:
            pass
        return super().rank(request, candidates, now)


@pytest.fixture
def register() -> Iterator[Callable[[Any], None]]:
    yield use_ranker
    use_ranker(None)


def counted(reason: str) -> float:
    value: float = FALLBACKS.labels(reason)._value.get()
    return value


def test_a_registered_ranker_decides(register: Callable[[Any], None]) -> None:
    register(Backwards())
    ranked, version = rank_slots(REQUEST, [CHEAP, NEAR, SOON], NOW)
    assert (order(ranked), version) == (["cheap", "near", "soon"], "backwards 1 abc")


@pytest.mark.parametrize(
    ("ranker", "reason"),
    [
        (Raises, "raised"),
        (Forgets, "wrong_candidates"),
        (Repeats, "wrong_candidates"),
        (Invents, "wrong_candidates"),
        (Dawdles, "too_slow"),
    ],
)
def test_a_ranker_that_fails_is_replaced_and_counted(
    register: Callable[[Any], None], ranker: type[Backwards], reason: str
) -> None:
    register(ranker())
    before = counted(reason)
    ranked, version = rank_slots(REQUEST, [CHEAP, NEAR, SOON], NOW)
    assert (order(ranked), version) == (["soon", "near", "cheap"], "weighted-greedy")
    assert counted(reason) == before + 1
