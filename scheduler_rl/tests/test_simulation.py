from __future__ import annotations

import numpy as np
import pytest

from scheduler_rl.kernel.days import Days
from scheduler_rl.kernel.disturbances import Disturbances
from scheduler_rl.kernel.lp import clairvoyant
from scheduler_rl.kernel.occupancy import connectors_of
from scheduler_rl.kernel.shadow import ShadowPrices, fit_shadow_prices
from scheduler_rl.kernel.simulate import Play, simulate
from scheduler_rl.policies.base import Policy
from scheduler_rl.policies.ordered import CHEAPEST, EARLIEST, GREEDY, LEAST_LOADED, NEAREST, RANDOM, BidPrice
from scheduler_rl.policies.rollout import Rollout
from scheduler_rl.worlds.city import City
from scheduler_rl.worlds.deviations import Deviations, read_deviations

PLAIN = (RANDOM, NEAREST, CHEAPEST, EARLIEST, LEAST_LOADED, GREEDY)


@pytest.fixture(scope="module")
def shadow(city: City) -> ShadowPrices:
    return fit_shadow_prices(city, "weekday", 2.5, days=6, seed=1)


@pytest.fixture(scope="module")
def bound(days: Days) -> float:
    return sum(clairvoyant(days.requests, days.menu, days.sites, day).cost for day in range(len(days)))


def policies(city: City, shadow: ShadowPrices) -> list[Policy]:
    futures = Days.draw(city, "weekday", 2.5, 12, seed=8)
    return [*PLAIN, BidPrice(shadow), Rollout(futures, shadow, samples=2, slots=12)]


def test_under_every_policy_each_connector_serves_one_at_a_time_and_costs_add_up(
    city: City, days: Days, shadow: ShadowPrices, bound: float
) -> None:
    menu = days.menu
    for policy in policies(city, shadow):
        outcome = simulate(days, policy.begin(days))
        served = outcome.option[outcome.option >= 0]
        for day in range(len(days)):
            mine = served[days.requests.day[menu.request[served]] == day]
            for site in range(len(days.sites)):
                here = mine[menu.site[mine] == site]
                ends = menu.start[here] + menu.length[here]
                connectors_of(menu.start[here], ends, int(days.sites.capacity[site]))
        refused = outcome.option < 0
        expected = menu.cost[served].sum() + days.requests.refusal[refused].sum()
        assert outcome.cost.sum() == pytest.approx(expected), policy.name
        assert bound <= outcome.cost.sum() + 1e-6, policy.name
        assert outcome.decisions == days.asks.sum()


def test_a_policy_answers_the_same_twice(days: Days, city: City, shadow: ShadowPrices) -> None:
    for policy in policies(city, shadow):
        first, again = (simulate(days, policy.begin(days)).option for _ in range(2))
        assert np.array_equal(first, again), policy.name


def test_shadow_prices_help_where_connectors_are_short(days: Days, shadow: ShadowPrices) -> None:
    greedy, bid = (simulate(days, policy.begin(days)).cost.sum() for policy in (GREEDY, BidPrice(shadow)))
    assert bid < greedy
    assert shadow.prices.min() >= 0
    assert shadow.prices.max() > 0


def test_greedy_is_the_first_free_of_the_cheapest(days: Days) -> None:
    outcome = simulate(days, GREEDY.begin(days))
    first = days.requests.first[:-1]
    assert np.allclose(outcome.cost[first], days.empty_costs[first])


def test_without_disturbances_nobody_waits_and_with_them_somebody_does(days: Days) -> None:
    calm = simulate(days, GREEDY.begin(days))
    stormy = simulate(days, GREEDY.begin(days), Disturbances(read_deviations()))
    assert calm.waiting.tolist() == [0.0] * len(days)
    assert stormy.waiting.sum() > 0


def test_no_shows_and_early_departures_give_their_connectors_back(days: Days) -> None:
    early = Deviations(ratios=(0.5,) * 21, no_show=0.0, fault=0.0, fault_hours=1.0)
    nobody = Deviations(ratios=(1.0,) * 21, no_show=1.0, fault=0.0, fault_hours=1.0)
    calm = simulate(days, GREEDY.begin(days))
    for deviations in (early, nobody):
        outcome = simulate(days, GREEDY.begin(days), Disturbances(deviations))
        assert outcome.waiting.sum() == 0.0
        assert (outcome.option < 0).sum() < (calm.option < 0).sum()


def test_when_all_has_happened_the_books_balance(days: Days) -> None:
    """Stays that last as booked: what is taken in the end is exactly what was booked."""
    play = Play(days, Disturbances(Deviations((1.0,) * 21, no_show=0.0, fault=0.0, fault_hours=1.0)))
    chooser = GREEDY.begin(days)
    for step in range(int(np.diff(days.requests.first).max())):
        situation = play.situation(step)
        asks = play.asks(situation)
        play.walk_in(situation.only(~asks))
        play.answer(situation.only(asks), chooser(situation.only(asks)))
    play.finish()
    taken = play.option[play.option >= 0]
    free = play.occupancy.free(np.arange(len(days)))
    total = days.sites.capacity.sum() * free.shape[2] * len(days)
    assert total - free.sum(dtype=np.int64) == days.menu.length[taken].sum()
    assert free.min() == 0
