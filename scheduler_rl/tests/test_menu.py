from __future__ import annotations

import numpy as np
import pytest

from scheduler_rl.kernel.days import Days
from scheduler_rl.worlds.city import DC_KW


def test_no_option_is_dearer_than_the_refusal_and_the_cheapest_comes_first(days: Days) -> None:
    menu = days.menu
    assert (menu.cost < days.requests.refusal[menu.request]).all()
    same = np.diff(menu.request) == 0
    assert (np.diff(menu.cost)[same] >= 0).all()


def test_the_terms_of_an_option_are_those_of_the_formulas(days: Days) -> None:
    menu, requests, sites = days.menu, days.requests, days.sites
    for option in range(0, len(menu.cost), 997):
        n, site = menu.request[option], menu.site[option]
        power = DC_KW if sites.dc[site] else 11.0
        slots = int(np.ceil(requests.energy[n] / power * 4 - 1e-9))
        price = np.take(
            requests.retail[requests.day[n]],
            range(menu.start[option], menu.start[option] + slots),
            mode="wrap",
        )
        energy = requests.energy[n] * (price.mean() + 0.12 * sites.dc[site])
        way_km = 2 * 1.3 * np.hypot(*(requests.xy[n] - sites.xy[site])) / 1000
        late = (menu.start[option] - requests.wish[n]) / 4
        waiting = requests.waiting[n] * (late if late >= 0 else -0.7 * late)
        length = max(2, slots + 1) if sites.dc[site] else requests.stay[n]
        over = min(max(requests.stay[n] - length, 0) / 4, 3.0) * sites.dc[site]
        assert menu.length[option] == length
        assert menu.energy[option] == pytest.approx(energy)
        assert menu.travel[option] == pytest.approx(way_km / 4.5 * requests.walking[n])
        assert menu.waiting[option] == pytest.approx(waiting)
        assert menu.mismatch[option] == pytest.approx(over * 0.175 * requests.waiting[n])
        terms = menu.energy + menu.travel + menu.waiting + menu.mismatch
        assert menu.cost[option] == pytest.approx(terms[option])


def test_cars_without_dc_are_offered_ac_only(days: Days) -> None:
    at_dc = days.sites.dc[days.menu.site]
    assert at_dc.any()
    assert days.requests.takes_dc[days.menu.request[at_dc]].all()
