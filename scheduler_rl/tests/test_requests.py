from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler_rl.worlds.behaviour import BEHAVIOUR, CLASSES
from scheduler_rl.worlds.city import City, Pool
from scheduler_rl.worlds.generated import generated_city
from scheduler_rl.worlds.requests import draw_days


def test_the_same_seed_draws_the_same_days_and_another_seed_does_not(city: City) -> None:
    first, again, other = (draw_days(city, "weekday", 2, 3, seed=seed) for seed in (5, 5, 6))
    assert np.array_equal(first.ask, again.ask)
    assert np.array_equal(first.xy, again.xy)
    assert not np.array_equal(first.ask[:20], other.ask[:20])


def test_demand_multiplies_the_mean_number_of_requests(city: City) -> None:
    one, three = (draw_days(city, "weekday", demand, 200, seed=1) for demand in (1, 3))
    assert three.expected == pytest.approx(3 * one.expected)
    assert len(one) / 200 == pytest.approx(one.expected, rel=0.05)
    assert len(three) / 200 == pytest.approx(three.expected, rel=0.05)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["weekday", "weekend"]))
def test_windows_follow_the_classes_and_nobody_starts_before_asking(seed: int, kind: str) -> None:
    requests = draw_days(generated_city(8, seed=1), kind, 2.0, 4, seed=seed)  # type: ignore[arg-type]
    day = requests.day
    assert (np.diff(requests.ask)[np.diff(day) == 0] >= 0).all()
    assert (requests.earliest >= np.ceil(requests.ask)).all()
    assert (requests.earliest <= requests.latest).all()
    assert ((requests.latest - requests.wish) * 15 == np.array([0, 30, 120, 300])[requests.klass]).all()
    walk_in = requests.klass == CLASSES.index("walk-in")
    assert (requests.ask[walk_in] == requests.wish[walk_in]).all()
    assert ((requests.stay >= 2) & (requests.stay <= 24)).all()
    assert (requests.energy <= 11 * requests.stay / 4 + 1e-9).all()


def test_a_kind_of_day_without_sessions_is_refused(city: City) -> None:
    nothing = Pool(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0), 0)
    empty = City("empty", city.sites, {"weekday": nothing, "weekend": nothing}, city.prices)
    with pytest.raises(ValueError, match="no weekend session"):
        draw_days(empty, "weekend", 1, 1, seed=1)


def test_eight_hours_ahead_nobody_has_asked_and_at_once_half_of_the_urgent_have_not() -> None:
    shares = BEHAVIOUR.asked_later_than(np.array([8.0, 0.25, 0.0]))
    assert shares.tolist() == pytest.approx([1.0, 0.15 + 0.25 / 2 + 0.3 / 12, 0.0], abs=0.151)
