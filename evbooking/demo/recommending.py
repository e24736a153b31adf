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

import numpy as np

from accounts.demo import DEMO_PEOPLE
from accounts.models import Membership
from bookings.models import Booking
from evbooking.core.api.json import instant
from evbooking.core.ocpi import ReservationStatus as S
from evbooking.demo.network import seeded_uuid
from scheduler_rl.dataset import demand_history
from scheduler_rl.models import PolicyVersion, RankedDecision
from scheduler_rl.policies.network import Network
from scheduler_rl.refit import outlook_of
from scheduler_rl.selectors import active_version, content_of, experiment
from scheduler_rl.selectors.market import RECENT
from scheduler_rl.services.outlooks import keep_outlooks
from scheduler_rl.services.settling import realised_cost
from scheduler_rl.services.versions import put_on_trial
from stations.models import Station

MOST: Final = 400
_SOUGHT: Final = 5
_DAYS: Final = 3  # simulated ones of each kind: a demo need not be exact
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
    _fit_outlooks(now)
    candidate = _put_on_trial(active, now)
    random = Random(f"recommender-{seed}")  # noqa: S311 - chance to be repeated, no secret
    rows = list(_decisions(active, candidate, random, now))
    RankedDecision.objects.bulk_create(rows, batch_size=MOST)
    return len(rows)


def _fit_outlooks(now: datetime) -> None:
    """As the nightly refit would, with the demo operator's stations sought five times as much: a hint has its say."""
    last = now.date() - timedelta(days=1)
    history = demand_history(last - RECENT, last)
    owners = Membership.objects.filter(user__email__in=DEMO_PEOPLE).values("operator")
    own = {str(pk) for pk in Station.objects.filter(operator__in=owners).values_list("pk", flat=True)}
    repeats = np.where([history.station[site] in own for site in history.site], _SOUGHT, 1)
    columns: dict[str, Any] = {
        name: np.repeat(getattr(history, name), repeats) for name in ("site", "day", "start", "stay")
    }
    sought = replace(history, **columns)
    keep_outlooks(sought, *outlook_of(sought, days=_DAYS), now=now)


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
    """Around bookings that have ended; some answers led to nothing."""
    stations = list(Station.objects.filter(approval=Station.Approval.APPROVED).order_by("slug"))
    ended = Booking.objects.filter(status=S.COMPLETED, end__lt=now, reference__isnull=False)
    found = list(ended.order_by("created_at", "reference"))
    for booking in found[:: len(found) // MOST + 1]:
        yield _decision(booking, stations, active, candidate, random)


def _decision(
    booking: Booking, stations: list[Station], active: PolicyVersion, candidate: PolicyVersion, random: Random
) -> RankedDecision:
    candidates = _candidates(booking, stations, random)
    if random.random() < _EXPLORATION / 2:
        candidates[:2] = candidates[1::-1]
    position = next(i for i, one in enumerate(candidates) if one["start"] == instant(booking.start))
    features = _features(booking, len(candidates))
    taken = random.random() < _TAKEN
    best, second = sorted(candidates[:2], key=lambda one: one["total"])
    wanted = best if random.random() < _AGREE else second
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


def _candidates(booking: Booking, stations: list[Station], random: Random) -> list[dict[str, Any]]:
    """Three by rising total, the booked one among them; the first two are near enough for chance."""
    booked = random.choices((0, 1, 2), _FIRST)[0]
    price, way = float(booking.total_amount), random.uniform(2.0, 4.0)
    total = round(price + way, 2)
    totals = [round(total + gap, 2) for gap in ((0.0, 0.1, 0.6), (-0.1, 0.0, 0.5), (-0.6, -0.5, 0.0))[booked]]
    found = []
    for place, its in enumerate(totals):
        later = 0 if place == booked else random.randint(1, 6)
        waiting = 0.25 * later * _WAITING_EUR_H * 0.1
        energy = price if place == booked else its - waiting - way
        start = booking.start + timedelta(minutes=15 * later)
        found.append(
            {
                "station": str(booking.station_id if place == booked else random.choice(stations).pk),
                "start": instant(start),
                "end": instant(start + (booking.end - booking.start)),
                "dc": False,
                "cost": its,
                "others": 0.0,
                "total": its,
                "propensity": (1 - _EXPLORATION / 2, _EXPLORATION / 2, 0.0)[place],
                "energy": round(energy, 2),
                "travel": round(its - energy - waiting, 2),
                "waiting": round(waiting, 2),
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
