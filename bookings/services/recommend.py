"""Recommend slots to a driver, and remember what was shown and what was taken."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from accounts.models import User, Vehicle
from bookings.models import Booking, RecommendationShown
from bookings.places import StationFilter
from bookings.ports import Answer, Ranked, trial_of
from bookings.ranking.build import EVERYWHERE, build_choice
from bookings.ranking.candidates import RankingRequest
from bookings.ranking.guard import MOST, rank_slots
from bookings.ranking.rankers import PLAIN
from evbooking.core.api.json import decimal_string, instant

_STILL_ITS_EFFECT: Final = timedelta(hours=1)


def recommend(
    driver: User | None,
    request: RankingRequest,
    *,
    connector: str | None,
    vehicle: Vehicle | None,
    now: datetime,
    plain: str = "",
    most: int = MOST,
    among: StationFilter = EVERYWHERE,
    radius_km: float | None = None,
) -> Answer:
    """The best slots for a request; the answer is stored as shown to the driver (None: somebody unknown).

    `plain` names a ranker of bookings.ranking.rankers.PLAIN that the driver prefers to the registered one; `among`
    and `radius_km` leave only stations that the driver searched for.
    """
    choice = build_choice(
        request, connector=connector, vehicle=vehicle, now=now, among=among, radius_km=radius_km
    )
    trial = None if plain else trial_of(driver.pk if driver else None, now)
    if plain:
        answer = PLAIN[plain].rank(request, choice, now, most=most)
    else:
        answer = rank_slots(request, choice, now, most=most, instead=trial.ranker if trial else None)
    if trial:
        answer = trial.arrange(answer)
    shown = RecommendationShown.objects.create(
        driver=driver,
        ranker=answer.version,
        request=_request_json(request, connector, vehicle),
        shown=[_shown_json(one) for one in answer.ranked],
        at=now,
    )
    if trial:
        trial.note(shown.pk, request, choice, answer)
    return answer


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
        "others": one.others,
    }
