"""The past of the recommender in the generated network: fitted outlooks, a candidate on trial, logged answers.

Answers are made up around real generated bookings; what visits cost is computed as for any answer. The candidate is
the shipped network with cheaper shadow prices; it has shown no gain, so nobody can promote it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from bookings.models import Booking
from evbooking.core.api.json import instant
from evbooking.core.ocpi import ReservationStatus as S
from evbooking.demo.network import seeded_uuid
from scheduler_rl.models import PolicyVersion, RankedDecision
from scheduler_rl.policies.network import Network
from scheduler_rl.selectors import active_version, content_of, experiment
from scheduler_rl.services.outlooks import refit_outlooks
from scheduler_rl.services.settling import realised_cost
from scheduler_rl.services.versions import put_on_trial
from stations.models import Station

MOST: Final = 400
_TAKEN: Final = 0.55
_FIRST: Final = (0.75, 0.18, 0.07)  # where what was taken stood
_AGREE: Final = 0.8
_BID_FACTOR: Final = 1.2
_WAITING_EUR_H: Final = 8.0
_EXPLORATION: Final = 0.1


def recommend_in_the_past(*, seed: int, now: datetime) -> int:
    """Fit tonight's outlooks, put a candidate on trial, write answers to past bookings; how many answers."""
    active = active_version(PolicyVersion.Kind.RANKER)
    if active is None:
        return 0
    refit_outlooks(now=now)
    candidate = _put_on_trial(active, now)
    random = Random(f"recommender-{seed}")  # noqa: S311 - chance to be repeated, no secret
    rows = list(_decisions(active, candidate, random, now))
    RankedDecision.objects.bulk_create(rows, batch_size=MOST)
    return len(rows)


def _put_on_trial(active: PolicyVersion, now: datetime) -> PolicyVersion:
    settings = experiment()
    settings.exploration, settings.automatic = _EXPLORATION, False
    settings.save()
    network = Network.from_bytes(content_of(active))
    cheaper = replace(network, facts=network.facts | {"bid_factor": _BID_FACTOR})
    return put_on_trial(
        cheaper.to_bytes(), reason="Shadow prices at 1.2 times the LP's instead of 1.5.", now=now
    )


def _decisions(
    active: PolicyVersion, candidate: PolicyVersion, random: Random, now: datetime
) -> Iterator[RankedDecision]:
    """Around bookings that have ended, the newest first; some answers led to nothing."""
    stations = list(Station.objects.filter(approval=Station.Approval.APPROVED).order_by("slug"))
    ended = Booking.objects.filter(status=S.COMPLETED, end__lt=now, reference__isnull=False)
    for booking in ended.order_by("-created_at", "reference")[:MOST]:
        yield _decision(booking, stations, active, candidate, random)


def _decision(
    booking: Booking, stations: list[Station], active: PolicyVersion, candidate: PolicyVersion, random: Random
) -> RankedDecision:
    position = random.choices((0, 1, 2), _FIRST)[0]
    candidates = _candidates(booking, stations, position, random)
    features = _features(booking, len(candidates))
    taken = random.random() < _TAKEN
    wanted = candidates[0] if random.random() < _AGREE else candidates[1]
    return RankedDecision(
        id=seeded_uuid(random),
        at=booking.created_at,
        arm=RankedDecision.Arm.ACTIVE,
        bucket=random.randrange(1000),
        version=active,
        ranker=f"{active} {active.sha256}",
        features=features,
        candidates=candidates,
        alongside={str(candidate.pk): {"order": [candidates.index(wanted)], "totals": [], "first": wanted}},
        propensity=candidates[0]["propensity"],
        expected_cost=Decimal(str(candidates[position if taken else 0]["cost"])),
        taken=booking if taken else None,
        taken_position=position if taken else None,
        realised_cost=realised_cost(booking, candidates[position], features) if taken else None,
        settled_at=booking.end,
    )


def _candidates(
    booking: Booking, stations: list[Station], position: int, random: Random
) -> list[dict[str, Any]]:
    """Three by rising total, what was booked at its position; the first two are near enough for chance."""
    total = float(booking.total_amount) + random.uniform(1.0, 4.0)
    found = []
    for place in range(3):
        own = place == position
        energy = float(booking.total_amount) if own else max(total - random.uniform(1.0, 3.0), 0.5)
        start = booking.start + timedelta(minutes=0 if own else 15 * random.randint(1, 6))
        waiting = 0.0 if own else round((start - booking.start) / timedelta(hours=1) * _WAITING_EUR_H, 2)
        travel = round(max(total + 0.1 * place - energy - waiting, 0.2), 2)
        cost = round(energy + waiting + travel, 2)
        found.append(
            {
                "station": str(booking.station_id if own else random.choice(stations).pk),
                "start": instant(start),
                "end": instant(start + (booking.end - booking.start)),
                "dc": False,
                "cost": cost,
                "others": 0.0,
                "total": cost,
                "propensity": (1 - _EXPLORATION / 2, _EXPLORATION / 2, 0.0)[place],
                "energy": round(energy, 2),
                "travel": travel,
                "waiting": waiting,
                "duration_mismatch": 0.0,
            }
        )
    return found


def _features(booking: Booking, candidates: int) -> dict[str, Any]:
    return {
        "hour": booking.start.hour,
        "weekday": booking.start.isoweekday(),
        "lead_h": round((booking.start - booking.created_at) / timedelta(hours=1), 2),
        "window_h": 4.0,
        "energy_kwh": float(booking.energy_kwh),
        "preference": "balanced",
        "waiting_eur_h": _WAITING_EUR_H,
        "wished": instant(booking.start),
        "candidates": candidates,
    }
