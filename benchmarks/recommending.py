"""python -m benchmarks.recommending COUNT: the CPU of ranked answers for the 30 nearest stations, as JSON.

A process of its own, so that nothing but the answers is measured: candidates with their prices and chances, the
features, the network and its reasons. `network_ms` is the network alone, on the features of the last answer.
"""

import json
import os
import random
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from time import process_time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evbooking.settings")

HOURS = 4
_LOOKS = 500
_WARM = 5


def main(count: int) -> None:
    django.setup()
    from django.utils import timezone

    from benchmarks.searching import next_hour

    sys.stdout.write(json.dumps(measure(count, next_hour(timezone.now()))) + "\n")


def measure(count: int, hour: datetime) -> dict[str, float | str]:
    """Milliseconds of CPU an answer, and who answered, for requests around the middle of Hamburg from `hour` on."""
    from bookings.ranking.build import build_choice
    from bookings.ranking.candidates import RankingRequest
    from bookings.ranking.guard import rank_slots
    from evbooking.demo.places import HAMBURG

    chance, spent = random.Random(7), [0.0, 0.0]
    for number in range(count + _WARM):
        place = HAMBURG.latitude + chance.gauss(0, 0.01), HAMBURG.longitude + chance.gauss(0, 0.015)
        begin = hour + timedelta(hours=chance.randrange(8))
        request = RankingRequest(*place, Decimal(22), begin, begin + timedelta(hours=HOURS))
        started = process_time()
        choice = build_choice(request, connector="IEC_62196_T2", vehicle=None, now=hour)
        built = process_time()
        answer = rank_slots(request, choice, hour)
        if number >= _WARM:
            spent[0] += built - started
            spent[1] += process_time() - built
    return {
        "answered_by": answer.version.split()[0],
        "candidates_ms": spent[0] / count * 1000,
        "ranking_ms": spent[1] / count * 1000,
        "network_ms": _network_ms(),
    }


def _network_ms() -> float:
    """The shipped network on twelve candidates and the refusal."""
    import numpy as np

    from scheduler_rl.checkpoints import load_network
    from scheduler_rl.policies.features import ROW, SHARED, Observation

    rng, network = np.random.default_rng(1), load_network()
    rows = rng.normal(size=(1, 13, len(ROW))).astype(np.float32)
    shared = rng.normal(size=(1, len(SHARED))).astype(np.float32)
    seen = Observation(rows, shared, np.ones((1, 13), dtype=bool), np.zeros((1, 13)))
    begin = process_time()
    for _ in range(_LOOKS):
        network.q(seen)
    return (process_time() - begin) / _LOOKS * 1000


if __name__ == "__main__":
    main(int(sys.argv[1]))
