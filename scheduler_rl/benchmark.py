"""``python -m scheduler_rl.benchmark``: how fast the simulation, the environment and the network are, on one core."""

from __future__ import annotations

import sys
from time import process_time
from typing import Final

import numpy as np

from scheduler_rl.checkpoints import load_network
from scheduler_rl.env import ChargingStationsEnv
from scheduler_rl.kernel.days import Days
from scheduler_rl.kernel.shadow import fit_shadow_prices
from scheduler_rl.kernel.simulate import simulate
from scheduler_rl.policies.features import ROW, SHARED, Observation
from scheduler_rl.policies.learned import Learned
from scheduler_rl.policies.network import Network
from scheduler_rl.policies.ordered import GREEDY, BidPrice
from scheduler_rl.worlds.generated import generated_city

DAYS: Final = 100
STEPS: Final = 300
LOOKS: Final = 2000


def main() -> None:
    """Print one line for each figure."""
    network = load_network()
    for line in (*_policies(network), _environment(), _network(network)):
        sys.stdout.write(line + "\n")


def _policies(network: Network) -> list[str]:
    city = generated_city(20, seed=1)
    days = Days.draw(city, "weekday", 2.0, DAYS, seed=1)
    shadow = fit_shadow_prices(city, "weekday", 2.0, days=5, seed=1)
    lines = []
    for policy in (GREEDY, BidPrice(shadow), Learned(network, shadow)):
        chooser = policy.begin(days)
        begin = process_time()
        outcome = simulate(days, chooser)
        rate = outcome.decisions / (process_time() - begin)
        lines.append(f"{policy.name}: {rate:,.0f} decisions per CPU second over {DAYS} days side by side")
    return lines


def _environment() -> str:
    env = ChargingStationsEnv()
    _, info = env.reset(seed=1)
    begin = process_time()
    for _ in range(STEPS):
        *_, done, _, info = env.step(np.int64(np.argmax(info["action_mask"])))
        if done:
            _, info = env.reset()
    return f"environment: {STEPS / (process_time() - begin):,.0f} steps per CPU second, one day at a time"


def _network(network: Network) -> str:
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(1, 13, len(ROW))).astype(np.float32)
    shared = rng.normal(size=(1, len(SHARED))).astype(np.float32)
    seen = Observation(rows, shared, np.ones((1, 13), dtype=bool), np.zeros((1, 13)))
    begin = process_time()
    for _ in range(LOOKS):
        network.q(seen)
    return f"network: {(process_time() - begin) / LOOKS * 1000:.3f} ms for 12 candidates and the refusal"


if __name__ == "__main__":
    main()
