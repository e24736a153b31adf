"""Recommend slots to a driver, and remember what was shown and what was taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from accounts.models import User, Vehicle
from bookings.models import Booking, RecommendationShown
from bookings.ports import Ranked
from bookings.ranking.build import build_candidates
from bookings.ranking.candidates import RankingRequest
from bookings.ranking.guard import MOST, rank_slots
from evbooking.core.api.json import decimal_string, instant

_STILL_ITS_EFFECT: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The best slots in order, and the version of the ranker that chose them."""

    ranked: list[Ranked]
    ranker: str


def recommend(
    driver: User | None,
    request: RankingRequest,
    *,
    connector: str | None,
    vehicle: Vehicle | None,
    now: datetime,
    most: int = MOST,
) -> Recommendation:
    """The best slots for a request; the answer is stored as shown to the driver (None: somebody unknown)."""
    candidates = build_candidates(request, connector=connector, vehicle=vehicle, now=now)
    ranked, version = rank_slots(request, candidates, now, most=most)
    RecommendationShown.objects.create(
        driver=driver,
        ranker=version,
        request=_request_json(request, connector, vehicle),
        shown=[_shown_json(one) for one in ranked],
        at=now,
    )
    return Recommendation(ranked, version)


def mark_taken(booking: Booking, *, now: datetime) -> RecommendationShown | None:
    """Note that a booking follows what its driver was shown within the last hour: same station, same start."""
    station, start = str(booking.station_id), instant(booking.start)
    recent = RecommendationShown.objects.filter(
        driver=booking.driver_id,
        taken=None,
        at__gt=now - _STILL_ITS_EFFECT,
        shown__contains=[{"station": station, "start": start}],
    )
    found = recent.order_by("-at").first()
    if found is None:
        return None
    found.taken = booking
    found.taken_rank = next(
        rank
        for rank, one in enumerate(found.shown, start=1)
        if (one["station"], one["start"]) == (station, start)
    )
    found.save(update_fields=["taken", "taken_rank"])
    return found


def _request_json(request: RankingRequest, connector: str | None, vehicle: Vehicle | None) -> dict[str, Any]:
    vehicle_id: UUID | None = vehicle.pk if vehicle else None
    return {
        "latitude": request.latitude,
        "longitude": request.longitude,
        "energy_kwh": decimal_string(request.energy_kwh),
        "earliest": instant(request.earliest),
        "latest": instant(request.latest),
        "value_of_time_eur_h": request.value_of_time_eur_h,
        "preference": str(request.preference),
        "connector": connector,
        "vehicle": vehicle_id and str(vehicle_id),
    }


def _shown_json(one: Ranked) -> dict[str, Any]:
    return {
        "station": str(one.candidate.station_id),
        "evse_uid": one.candidate.evse_uid,
        "start": instant(one.candidate.start),
        "end": instant(one.candidate.end),
        "score": one.score,
        "terms": one.terms._asdict(),
    }
