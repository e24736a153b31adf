from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scheduler_rl.pricing import Market, erlang_loss, hourly_worth, plan, suggested_prices


def market(worth: np.ndarray, *, demand: float = 1.0, stay: float = 1.0) -> Market:
    flat = np.ones((2, 24))
    return Market(flat * demand, worth, flat * 0.50, connectors=2, stay=stay, energy=10.0)


def test_erlangs_loss_is_that_of_the_tables() -> None:
    load = np.array([1.0, 2.0])
    assert erlang_loss(load, 1) == pytest.approx([0.5, 2 / 3])
    assert erlang_loss(load, 3) == pytest.approx([1 / 16, 4 / 19])


def test_where_every_hour_is_worth_the_same_nothing_is_suggested() -> None:
    flat = market(np.full((2, 24), 0.8))
    assert suggested_prices(flat).tolist() == flat.present.tolist()


def test_a_peak_is_dearer_the_rest_cheaper_and_the_mean_stays() -> None:
    worth = np.zeros((2, 24))
    worth[0, 17] = 1.2  # 0.12 EUR/kWh for the hour at 17:00 on five of seven days
    prices = suggested_prices(market(worth))
    assert prices[0, 17] == pytest.approx(0.62)
    assert np.delete(prices[0], 17) == pytest.approx(0.50)  # its 0.4 cents below are less than a cent
    assert prices[1] == pytest.approx(0.50)


def test_a_stay_counts_all_the_hours_it_takes() -> None:
    worth = np.zeros((2, 24))
    worth[:, 17] = 1.0
    prices = suggested_prices(market(worth, stay=2.5))
    assert (prices[0] > 0.55).nonzero()[0].tolist() == [16, 17]
    assert prices[0, 15] == pytest.approx(0.54)  # half of 17:00 to 18:00, less the mean


def test_no_price_moves_by_more_than_three_tenths() -> None:
    worth = np.zeros((2, 24))
    worth[:, 8] = 100.0
    prices = suggested_prices(market(worth))
    assert prices.max() == pytest.approx(0.65)
    assert prices.min() == pytest.approx(0.35)


def test_whole_cents_stay_within_the_three_tenths() -> None:
    """13.5 cents of 0.45 are 13, not 14."""
    worth = np.zeros((2, 24))
    worth[:, 8] = 100.0
    prices = suggested_prices(replace(market(worth), present=np.full((2, 24), 0.45)))
    assert (prices.min(), prices.max()) == (pytest.approx(0.32), pytest.approx(0.58))


def test_demand_answers_with_the_elasticity_that_is_assumed() -> None:
    one = market(np.zeros((2, 24)), demand=0.1)
    dearer = one.present * 1.2
    same, fewer = (plan(one, dearer, elasticity=each).sessions for each in (0.0, -1.0))
    now = plan(one, one.present).sessions
    assert same == pytest.approx(now)
    assert fewer * 1.2 == pytest.approx(now, rel=0.01)  # but for the few that Erlang's loss turns away
    busy = plan(one, one.present)
    assert busy.utilisation == pytest.approx(0.05, rel=0.01)
    assert busy.weekly_revenue == pytest.approx(7 * 24 * 0.1 * 10 * 0.5, rel=0.01)


def test_slots_become_hours() -> None:
    assert hourly_worth(np.full((2, 144), 0.25)).tolist() == [[1.0] * 24] * 2
