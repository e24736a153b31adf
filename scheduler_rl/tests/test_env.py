from __future__ import annotations

import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler_rl.env import ENV_ID, ChargingStationsEnv
from scheduler_rl.env.observation import CHOICES, FLAT_SIZE, flat, parts
from scheduler_rl.kernel.disturbances import Disturbances
from scheduler_rl.policies.features import ROW
from scheduler_rl.worlds.city import City
from scheduler_rl.worlds.deviations import read_deviations

REFUSE = CHOICES - 1


def play(env: ChargingStationsEnv, seed: int, choose: str = "first") -> tuple[list[float], dict[str, object]]:
    rng = np.random.default_rng(seed)
    _, info = env.reset(seed=seed)
    rewards, done = [], False
    while not done:
        allowed = np.flatnonzero(info["action_mask"])
        action = allowed[0] if choose == "first" else rng.choice(allowed)
        _, reward, done, truncated, info = env.step(np.int64(action))
        assert not truncated
        rewards.append(float(reward))
    return rewards, info


def test_it_is_registered_and_keeps_the_rules_of_gymnasium() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(gymnasium.make(ENV_ID).unwrapped, skip_render_check=True)


def test_the_same_seed_and_actions_give_the_same_day(city: City) -> None:
    env = ChargingStationsEnv(city)
    first, again = (env.reset(seed=7)[0] for _ in range(2))
    assert np.array_equal(first, again)
    assert play(env, 3, "any")[0] == play(env, 3, "any")[0]


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 1000), st.booleans())
def test_rewards_add_up_to_the_empty_networks_cost_minus_the_days(seed: int, disturbed: bool) -> None:
    env = ChargingStationsEnv(demand=2.0, disturbances=Disturbances(read_deviations()) if disturbed else None)
    rewards, info = play(env, seed, "any")
    assert sum(rewards) == pytest.approx(info["empty_cost"] - info["day_cost"])  # type: ignore[operator]
    own = env.play.costs().sum() + env.play.waiting.sum()
    assert info["day_cost"] == pytest.approx(own)


def test_what_is_masked_counts_as_a_refusal(city: City) -> None:
    env = ChargingStationsEnv(city)
    _, info = env.reset(seed=1)
    env._seen.valid[0, 3] = False
    request = int(env._situation.request[0])
    env.step(np.int64(3))
    assert env.play.option[request] == -1
    assert info["action_mask"][REFUSE] == 1


def test_an_observation_survives_being_made_flat(city: City) -> None:
    env = ChargingStationsEnv(city)
    vector, _ = env.reset(seed=2)
    assert vector.shape == (FLAT_SIZE,)
    seen = parts(vector[None])
    assert seen.rows.shape == (1, CHOICES, len(ROW))
    assert np.allclose(flat(seen)[0], vector)
    assert np.allclose(
        np.where(seen.valid, seen.base, 0), np.where(env._seen.valid, env._seen.base, 0), atol=1e-4
    )


def test_the_first_candidate_without_shadow_prices_is_what_greedy_takes(city: City) -> None:
    env = ChargingStationsEnv(city, demand=0.2)
    _, info = env.reset(seed=5)
    request = int(env._situation.request[0])
    assert info["action_mask"][0] == 1
    _, _, _, _, info = env.step(np.int64(0))
    assert info["cost"] == pytest.approx(env.days.empty_costs[request])
