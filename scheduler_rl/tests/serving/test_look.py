"""The live eyes see what the simulation's eyes see: the network is served the features it was trained on."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler_rl.kernel.days import Days
from scheduler_rl.kernel.occupancy import LONGEST, WIDTH
from scheduler_rl.kernel.order import Order
from scheduler_rl.kernel.shadow import ShadowPrices, fit_shadow_prices
from scheduler_rl.kernel.simulate import Play
from scheduler_rl.kernel.situation import Situation
from scheduler_rl.policies.features import ROW, SHARED, Observation, observe
from scheduler_rl.policies.ordered import BidPrice, bid_order
from scheduler_rl.policies.seen import Eyes
from scheduler_rl.policies.shortlist import Shortlist, shortlist
from scheduler_rl.serving.look import Asked, Options, bids_of, first_ones, look
from scheduler_rl.serving.surroundings import Surroundings
from scheduler_rl.worlds.city import City

PAD = 2 * LONGEST


@pytest.fixture(scope="module")
def shadow(city: City) -> ShadowPrices:
    return fit_shadow_prices(city, "weekday", 2.5, days=4, seed=1).times(1.5)


def at_noon(days: Days, shadow: ShadowPrices) -> Situation:
    """Crowded days under the bid-price policy, at their 60th request."""
    play, choose = Play(days), BidPrice(shadow).begin(days)
    for step in range(60):
        situation = play.situation(step)
        asks = play.asks(situation)
        play.walk_in(situation.only(~asks))
        play.answer(situation.only(asks), choose(situation.only(asks)))
    situation = play.situation(60)
    return situation.only(play.asks(situation) & (days.requests.ask[situation.request] >= 0))


def live(
    days: Days, shadow: ShadowPrices, situation: Situation, lane: int, order: Order, short: Shortlist
) -> tuple[Asked, Options, Surroundings]:
    """One lane of the simulation as a live installation would know it."""
    requests, menu, asked = days.requests, days.menu, int(situation.request[lane])
    option = order.option[short.entry[lane][short.there[lane]]]
    free = situation.occupancy.free(situation.lanes[[lane]])[0].astype(np.float64)
    bids = shadow.by_place()[: len(free) * WIDTH].reshape(-1, WIDTH)
    around = Surroundings(
        xy=days.sites.xy,
        capacity=days.sites.capacity,
        dc=days.sites.dc,
        first=-PAD,
        free=np.pad(free, ((0, 0), (PAD, PAD))),
        bids=np.pad(bids, ((0, 0), (PAD, PAD))),
        demand=np.full(24, requests.expected / 24),
    )
    who = Asked(
        ask=float(requests.ask[asked]),
        wish=int(requests.wish[asked]),
        window_h=float((requests.latest - requests.earliest)[asked] / 4),
        waiting=float(requests.waiting[asked]),
        refusal=float(requests.refusal[asked]),
        energy=float(requests.energy[asked]),
        takes_dc=bool(requests.takes_dc[asked]),
        weekend=False,
    )
    columns = (menu.site, menu.start, menu.length, menu.cost, menu.travel, menu.waiting)
    return who, Options(*(column[option] for column in columns)), around


def test_each_lane_gives_the_same_features_as_in_the_simulation(days: Days, shadow: ShadowPrices) -> None:
    situation = at_noon(days, shadow)
    order = bid_order(days, shadow)
    short = shortlist(order, situation)
    eyes = Eyes(days, order, shadow)
    simulated = observe(eyes.request(situation), eyes.candidates(situation, short))
    assert len(situation.lanes) >= 3
    assert short.there.sum(axis=1).max() > 5
    for lane in range(len(situation.lanes)):
        there = np.append(short.there[lane], True)
        seen: Observation = look(*live(days, shadow, situation, lane, order, short))
        for number, name in enumerate(ROW):
            expected = simulated.rows[lane, there, number]
            assert seen.rows[0, :, number] == pytest.approx(expected, abs=1e-6), name
        for number, name in enumerate(SHARED):
            if name != "seen":  # live: what is usual, not a count of today's requests
                assert seen.shared[0, number] == pytest.approx(simulated.shared[lane, number], abs=1e-6), name
        assert seen.base[0] == pytest.approx(simulated.base[lane, there])


def test_the_short_list_is_that_of_the_training_and_holds_what_costs_its_driver_least(
    days: Days, shadow: ShadowPrices
) -> None:
    situation = at_noon(days, shadow)
    order = bid_order(days, shadow)
    counts = order.first[situation.request + 1] - order.first[situation.request]
    situation = situation.only(counts == counts.max())
    first = order.first[situation.request[0]]
    every = Shortlist(np.arange(first, first + counts.max())[None], np.ones((1, counts.max()), dtype=bool))
    _, options, around = live(days, shadow, situation, 0, order, every)
    base = options.cost + bids_of(options, around)
    chosen = first_ones(options, around)
    assert (len(base) > 12, len(chosen)) == (True, 12)
    assert int(options.cost.argmin()) in chosen
    assert set(chosen[:11]) == set(np.argsort(base, kind="stable")[:11])
    assert base == pytest.approx(order.score[every.entry[0]])


def test_by_midnight_all_of_a_days_requests_have_been_asked_and_none_a_day_before(
    days: Days, shadow: ShadowPrices
) -> None:
    situation = at_noon(days, shadow)
    order = bid_order(days, shadow)
    who, options, around = live(days, shadow, situation, 0, order, shortlist(order, situation))
    seen = SHARED.index("seen")
    late, early, noon = (
        float(look(who._replace(ask=ask), options, around).shared[0, seen])
        for ask in (96.0, -PAD + 0.0, 48.0)
    )
    assert (late, early) == (1.0, 0.0)
    assert 0.5 < noon < 0.7
