from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scheduler_rl.checkpoints import SHIPPED, load_network, promised_sha256
from scheduler_rl.kernel.days import Days
from scheduler_rl.kernel.lp import clairvoyant
from scheduler_rl.kernel.shadow import fit_shadow_prices
from scheduler_rl.kernel.simulate import simulate
from scheduler_rl.policies.features import ROW, SHARED, VERSION, Observation
from scheduler_rl.policies.learned import Learned
from scheduler_rl.policies.network import INVALID, Layer, Network, WrongArtefact
from scheduler_rl.policies.ordered import GREEDY, BidPrice
from scheduler_rl.worlds.generated import generated_city


def blank_network() -> Network:
    """A = 0 and V = 0: the bid-price policy."""
    zero = Layer(np.zeros((1, len(ROW) + len(SHARED)), np.float32), np.zeros(1, np.float32))
    value = Layer(np.zeros((1, len(SHARED)), np.float32), np.zeros(1, np.float32))
    return Network(
        (zero, Layer(np.ones((1, 1), np.float32), np.zeros(1, np.float32))),
        (value,),
        {"bid_factor": 1.0, "features": VERSION},
    )


def test_on_ten_fixed_days_the_bound_is_below_the_shipped_policy_and_that_below_greedy() -> None:
    city = generated_city(20, seed=21)
    days = Days.draw(city, "weekday", 2.0, 10, seed=2026)
    shadow = fit_shadow_prices(city, "weekday", 2.0, days=10, seed=1)
    bound = sum(clairvoyant(days.requests, days.menu, days.sites, day).cost for day in range(10))
    greedy, learned = (
        float(simulate(days, policy.begin(days)).cost.sum())
        for policy in (GREEDY, Learned(load_network(), shadow))
    )
    assert bound <= learned <= greedy
    assert (greedy - learned) / (greedy - bound) > 0.3


def test_an_untrained_network_is_the_bid_price_policy(days: Days) -> None:
    city = generated_city(12, seed=4)
    shadow = fit_shadow_prices(city, "weekday", 2.5, days=4, seed=1)
    network = Network.from_bytes(blank_network().to_bytes())
    learned = simulate(days, Learned(network, shadow).begin(days))
    bid = simulate(days, BidPrice(shadow).begin(days))
    # beyond the first 64 options a network looks no further
    assert (learned.option == bid.option).mean() > 0.99


def test_the_shipped_network_is_small_and_is_what_its_hash_promises() -> None:
    content = SHIPPED.read_bytes()
    assert len(content) < 200_000
    assert hashlib.sha256(content).hexdigest() == promised_sha256(SHIPPED)
    assert load_network().facts["features"] == VERSION


def test_other_bytes_other_features_and_no_network_at_all_are_refused(tmp_path: Path) -> None:
    good = blank_network().to_bytes()
    with pytest.raises(WrongArtefact, match="sha256"):
        Network.from_bytes(good, sha256="0" * 64)
    with pytest.raises(WrongArtefact, match="not a network"):
        Network.from_bytes(b"something else")
    old = Network(blank_network().advantage, blank_network().value, {"bid_factor": 1.0, "features": "0"})
    with pytest.raises(WrongArtefact, match="features 0"):
        Network.from_bytes(old.to_bytes())
    with pytest.raises(OSError, match="missing"):
        Network.load(tmp_path / "missing.npz")


@pytest.mark.parametrize("cut", [0, 3, 300, 20_000, -1])
def test_half_of_a_network_is_refused(cut: int) -> None:
    with pytest.raises(WrongArtefact, match="not a network"):
        Network.from_bytes(SHIPPED.read_bytes()[:cut])


def test_a_network_without_layers_or_its_factor_is_refused() -> None:
    whole = blank_network()
    for one in (replace(whole, advantage=()), replace(whole, facts={"features": VERSION})):
        with pytest.raises(WrongArtefact, match="not a network"):
            Network.from_bytes(one.to_bytes())


def test_a_file_that_is_not_what_its_promise_says_is_named(tmp_path: Path) -> None:
    (tmp_path / "one.npz").write_bytes(SHIPPED.read_bytes())
    (tmp_path / "one.npz.sha256").write_text("0" * 64)
    with pytest.raises(WrongArtefact, match=r"one\.npz: the network's sha256 is 44bd6002c733"):
        load_network(tmp_path / "one.npz")


def test_an_empty_promise_is_no_promise_kept(tmp_path: Path) -> None:
    (tmp_path / "one.npz").write_bytes(SHIPPED.read_bytes())
    (tmp_path / "one.npz.sha256").write_text("\n")
    with pytest.raises(WrongArtefact, match=r"one\.npz\.sha256 is empty"):
        load_network(tmp_path / "one.npz")


def test_a_network_survives_its_file_and_masks_what_is_not_there() -> None:
    network = load_network()
    again = Network.from_bytes(network.to_bytes())
    rng = np.random.default_rng(1)
    seen = Observation(
        rng.normal(size=(4, 13, len(ROW))).astype(np.float32),
        rng.normal(size=(4, len(SHARED))).astype(np.float32),
        rng.random((4, 13)) < 0.6,
        rng.normal(size=(4, 13)),
    )
    q = network.q(seen)
    assert np.array_equal(q, again.q(seen))
    assert (q[~seen.valid] == INVALID).all()
    assert np.isfinite(q).all()


def test_the_order_of_candidates_does_not_change_what_each_is_worth() -> None:
    network = load_network()
    rng = np.random.default_rng(2)
    rows = rng.normal(size=(1, 13, len(ROW))).astype(np.float32)
    shared = rng.normal(size=(1, len(SHARED))).astype(np.float32)
    base = rng.normal(size=(1, 13))
    order = rng.permutation(13)
    everything = np.ones((1, 13), dtype=bool)
    straight = network.q(Observation(rows, shared, everything, base))
    shuffled = network.q(Observation(rows[:, order], shared, everything, base[:, order]))
    assert np.allclose(straight[:, order], shuffled, atol=1e-5)
