from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import NamedTuple

import numpy as np
import pytest

from scheduler_rl.arrays import Floats
from scheduler_rl.evaluation.drift import noise, psi, word_for
from scheduler_rl.offpolicy.estimates import Logged, doubly_robust, gain, ips, snips
from scheduler_rl.offpolicy.exploration import draw, propensities


class World(NamedTuple):
    """Answers logged in a simulated world, as the judged ranker and the present one see them, and the truth."""

    judged: Logged
    present: Logged
    truth: float
    saved: float


def world(answers: int, *, seed: int) -> World:
    """Three candidates each; the present ranker sees their cost with a bias that the judged one does not have."""
    rng, dice = np.random.default_rng(seed), Random(seed)
    cost = rng.gamma(9.0, 1.0, (answers, 3))
    seen = cost + rng.normal(0.0, 1.5, (answers, 3))
    better = cost + rng.normal(0.0, 0.5, (answers, 3))
    chances = np.array([propensities(row, exploration=0.2, near_equal_eur=1e9) for row in seen])
    shown = np.array([draw(row, dice) for row in chances])
    rows, best, wanted = np.arange(answers), seen.argmin(axis=1), better.argmin(axis=1)
    came = cost[rows, shown] + rng.normal(0.0, 1.0, answers)

    def logged(choice: Floats) -> Logged:
        return Logged(
            came,
            chances[rows, shown],
            shown == choice,
            seen[rows, shown][:, None],
            seen[rows, choice][:, None],
        )

    truth, present = cost[rows, wanted].mean(), cost[rows, best].mean()
    return World(logged(wanted), logged(best), float(truth), float(present - truth))


def test_only_near_equal_ones_come_first_by_chance_and_all_chances_add_up() -> None:
    chances = propensities(np.array([5.0, 5.2, 9.0]), exploration=0.1, near_equal_eur=0.25)
    assert chances == pytest.approx([0.95, 0.05, 0.0])
    assert propensities(np.array([5.0, 5.0]), exploration=0.0, near_equal_eur=0.25).tolist() == [1.0, 0.0]
    with pytest.raises(ValueError, match="no candidates"):
        propensities(np.array([]), exploration=0.1, near_equal_eur=0.25)


def test_draws_follow_the_chances() -> None:
    dice = Random(1)
    drawn = [draw(np.array([0.9, 0.1, 0.0]), dice) for _ in range(2000)]
    assert np.bincount(drawn, minlength=3)[1:].tolist() == [pytest.approx(200, abs=45), 0]


def test_every_estimator_holds_the_truth() -> None:
    one = world(6000, seed=5)
    for estimate in (ips, snips, doubly_robust):
        assert estimate(one.judged).holds(one.truth), estimate.__name__
    assert doubly_robust(one.judged).ci95 < ips(one.judged).ci95
    assert gain(one.judged, one.present).holds(one.saved)
    assert one.saved > 0.15


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    held = [
        doubly_robust(one.judged).holds(one.truth) for one in (world(1500, seed=seed) for seed in range(60))
    ]
    assert np.mean(held) >= 0.9


def test_wrong_propensities_are_seen_in_the_estimate() -> None:
    """The negative control: had the log kept 1 for every answer, IPS would be far off."""
    one = world(6000, seed=4)
    assert not ips(replace(one.judged, propensity=np.ones(len(one.judged)))).holds(one.truth)


def test_the_effective_size_falls_where_both_seldom_agree() -> None:
    one = world(1000, seed=5)
    assert len(one.judged) == 1000
    assert one.judged.effective_size < one.present.effective_size < 1000


def test_psi_is_zero_for_the_same_and_large_for_a_shift() -> None:
    morning, evening = np.zeros(24), np.zeros(24)
    morning[7:10], evening[17:20] = 400.0, 400.0
    assert float(psi(morning, morning)) == 0.0
    assert float(psi(morning, evening)) > 5
    assert (word_for(0.05), word_for(0.2), word_for(0.3), word_for(0.3, by_chance=0.25)) == (
        "stable", "moved", "shifted", "stable",
    )  # fmt: skip


def test_chance_alone_moves_psi_by_about_what_noise_says() -> None:
    rng = np.random.default_rng(2)
    shares = np.full(24, 1 / 24)
    now, then = (rng.multinomial(count, shares, 200).astype(np.float64) for count in (2000, 3000))
    assert psi(now, then).mean() == pytest.approx(float(noise(now, then)[0]), rel=0.1)
