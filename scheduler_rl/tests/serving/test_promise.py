"""The chance that a booked slot is free at its start: stays before it, and faults."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scheduler_rl.forecasting.artefact import Fitted
from scheduler_rl.forecasting.model import HORIZONS_MIN, Weights
from scheduler_rl.forecasting.promise import Promise, Stays, fitted_outlast, outlast_share, stay_survival
from scheduler_rl.policies.network import WrongArtefact
from scheduler_rl.worlds.deviations import Deviations, read_deviations

HOUR = 3600.0
NOW = 1_000 * 24 * HOUR  # a midnight
FAULTLESS = Deviations(read_deviations().ratios, no_show=0.1, fault=0.0, fault_hours=5.0)
SURVIVAL = stay_survival(np.full(400, 600.0), np.repeat([30.0, 90.0, 150.0, 210.0], 100))


def one_stay(begin: float, end: float, *, arrived: bool) -> Stays:
    return Stays(*(np.array([[one]]) for one in (True, NOW + begin, NOW + end, arrived)))


def chance(stays: Stays, *ahead: float, promise: Promise | None = None) -> list[float]:
    promise = promise or Promise(FAULTLESS, SURVIVAL, outlast=0.2)
    start = NOW + np.array(ahead)
    return list(promise.free(stays, np.zeros(len(ahead), dtype=np.int64), start, NOW).tolist())


NOBODY = Stays(*(np.array([[one]]) for one in (False, 0.0, 0.0, False)))


def test_where_nobody_was_before_only_the_charger_can_fail() -> None:
    deviations = replace(FAULTLESS, fault=0.24)
    assert chance(NOBODY, 0.0, HOUR, 48 * HOUR) == [1.0, 1.0, 1.0]
    found = chance(NOBODY, 0.0, HOUR, 480 * HOUR, promise=Promise(deviations, SURVIVAL, 0.2))
    assert found[0] == 1.0
    assert found[1] == pytest.approx(1 - 0.01 / 0.21 * (1 - np.exp(-0.21)))
    assert found[2] == pytest.approx(1 - 0.01 / 0.21)


def test_a_booked_stay_before_it_stands_in_the_way_as_often_as_visits_outlast_their_slot() -> None:
    found = chance(one_stay(HOUR, 3 * HOUR, arrived=False), 3 * HOUR, 3.5 * HOUR, 6 * HOUR)
    assert found[0] == pytest.approx(1 - 0.2 * 0.9)  # outlasts, and comes at all
    assert found[0] < found[1] < found[2] < 1


def test_who_is_over_time_already_stays_on_more_likely_than_who_has_just_come() -> None:
    just_come = chance(one_stay(0, 2 * HOUR, arrived=True), 2 * HOUR)
    nearly_over = chance(one_stay(-1.9 * HOUR, 0.1 * HOUR, arrived=True), 0.1 * HOUR)
    over_time = chance(one_stay(-2.5 * HOUR, -0.5 * HOUR, arrived=True), 0.25 * HOUR)
    assert just_come == [pytest.approx(1 - 0.2)]
    assert over_time[0] < nearly_over[0] < just_come[0]


def test_what_comes_after_the_start_is_not_in_the_way() -> None:
    assert chance(one_stay(3 * HOUR, 4 * HOUR, arrived=False), HOUR) == [1.0]


def test_a_car_without_a_booking_stays_by_how_long_it_has_been_there() -> None:
    """A quarter each stay 30, 90, 150 and 210 minutes; who has been there an hour has 90 or more."""
    stays = Stays(*(np.array([[one]]) for one in (True, NOW - HOUR, np.nan, True)))
    found = chance(stays, HOUR, 2 * HOUR, 10 * HOUR)
    expected = [1 - SURVIVAL[5, 8] / SURVIVAL[5, 4], 1 - SURVIVAL[5, 12] / SURVIVAL[5, 4]]
    assert found[:2] == pytest.approx(expected)
    assert found[0] == pytest.approx(1 / 3, abs=0.02)
    assert found[2] == pytest.approx(1.0, abs=0.01)


def test_the_installations_own_visits_soon_outweigh_the_fitted_ones() -> None:
    fitted = fitted_outlast(FAULTLESS)
    assert fitted == pytest.approx(0.65, abs=0.01)  # quantile .35 is 1.001
    assert outlast_share(0, 0, FAULTLESS) == pytest.approx(fitted)
    assert outlast_share(100, 2_000, FAULTLESS) == pytest.approx((100 + 20 * fitted) / 2_020)


def stored() -> Fitted:
    rng = np.random.default_rng(1)
    weights = {one: Weights(*(rng.normal(size=n) for n in (33, 33, 7))) for one in HORIZONS_MIN}
    return Fitted(weights, SURVIVAL, FAULTLESS, {"source": "made up"})


def test_a_forecast_survives_its_file() -> None:
    made, again = stored(), Fitted.from_bytes(stored().to_bytes())
    assert (again.deviations, again.facts["source"]) == (FAULTLESS, "made up")
    assert np.array_equal(again.survival, SURVIVAL)
    for horizon, weights in made.weights.items():
        assert all(np.array_equal(*pair) for pair in zip(weights, again.weights[horizon], strict=True))


def test_other_bytes_and_no_forecast_at_all_are_refused() -> None:
    with pytest.raises(WrongArtefact, match="sha256"):
        Fitted.from_bytes(stored().to_bytes(), sha256="0" * 64)
    with pytest.raises(WrongArtefact, match="not a forecast"):
        Fitted.from_bytes(b"something else")
