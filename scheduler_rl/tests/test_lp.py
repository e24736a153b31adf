from __future__ import annotations

import numpy as np
import pytest

from scheduler_rl.kernel import lp
from scheduler_rl.kernel.days import Days
from scheduler_rl.kernel.lp import optimum
from scheduler_rl.kernel.menu import Menu
from scheduler_rl.worlds.city import HORIZON_SLOTS
from scheduler_rl.worlds.generated import generated_city
from scheduler_rl.worlds.requests import draw_days


def menu_of(options: list[tuple[int, int, int, float]]) -> Menu:
    """request, start, length and EUR of options at one site."""
    request, start, length = (np.array([one[i] for one in options]) for i in range(3))
    cost = np.array([one[3] for one in options])
    first = np.searchsorted(request, np.arange(request.max() + 2))
    nothing = np.zeros(len(options))
    site = np.zeros(len(options), dtype=np.int64)
    return Menu(first, request, site, start, length, nothing, nothing, nothing, nothing, cost)


def test_the_optimum_lets_the_flexible_give_way_and_prices_the_connector() -> None:
    """Two want slot 10 of one connector: one could also start at 14 for 2 EUR more, the other cannot."""
    menu = menu_of([(0, 10, 4, 5.0), (0, 14, 4, 7.0), (1, 10, 4, 6.0)])
    requests = draw_days(generated_city(3, seed=1), "weekday", 1, 1, seed=1)
    requests.refusal[:2] = [20.0, 30.0]
    capacity = np.ones((1, HORIZON_SLOTS), dtype=np.int64)
    found = optimum(requests, menu, capacity, 0, 2)
    assert found.cost == pytest.approx(7.0 + 6.0)
    assert found.prices[0, 10:14].sum() == pytest.approx(2.0)
    assert found.prices[0, :10].tolist() == [0.0] * 10


def test_with_no_connector_left_everybody_is_refused() -> None:
    menu = menu_of([(0, 10, 4, 5.0)])
    requests = draw_days(generated_city(3, seed=1), "weekday", 1, 1, seed=1)
    requests.refusal[0] = 20.0
    found = optimum(requests, menu, np.zeros((1, HORIZON_SLOTS), dtype=np.int64), 0, 1)
    assert found.cost == pytest.approx(20.0)


def test_columns_generated_find_the_same_optimum(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = lp.clairvoyant(days.requests, days.menu, days.sites, 0)
    monkeypatch.setattr(lp, "LARGE", 0)
    generated = lp.clairvoyant(days.requests, days.menu, days.sites, 0)
    assert generated.cost == pytest.approx(whole.cost, abs=0.01)
    assert generated.prices.sum() == pytest.approx(whole.prices.sum(), rel=0.2)  # duals need not be unique
    monkeypatch.setattr(lp, "_JOINING", 0)  # without the pricing of the others the cheapest do not suffice
    assert lp.clairvoyant(days.requests, days.menu, days.sites, 0).cost > whole.cost + 1
