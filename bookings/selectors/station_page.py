"""All that the page of a station shows beside its slots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from bookings.availability import Offer
from bookings.places import Nearby
from bookings.selectors.search import FoundStation, describe
from stations.hours import OpeningState, opening_state
from stations.models import StationImage


@dataclass(frozen=True, slots=True)
class StationPage:
    """A public station with the statuses of its EVSEs, its pictures, and whether it is open now."""

    found: FoundStation
    opening: OpeningState
    images: Sequence[StationImage]

    @property
    def offer(self) -> Offer:
        return self.found.offer


def station_page(slug: str, now: datetime) -> StationPage | None:
    """The page of a station everyone may see, None otherwise; three queries, four after a change."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, revision, NULL FROM stations_station WHERE slug = %s", [slug])
        near = [Nearby(*row) for row in cursor.fetchall()]
    found = next(iter(describe(near, now)), None)
    if found is None or not found.offer.is_public:
        return None
    offer = found.offer
    images = list(StationImage.objects.filter(station_id=offer.id))
    return StationPage(found, opening_state(offer.calendar.hours, offer.zone, now), images)
