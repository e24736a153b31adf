"""How likely somebody without a booking finds a charge point free, in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bookings.availability import Offer
from bookings.ports import WalkInSite
from bookings.presentation.words import minutes as minutes_words
from bookings.presentation.words import percent_sure
from bookings.ranking.chances import walk_in_chances
from stations.hours import opening_state

_AHEAD: Final = (15, 60, 240, 1440)
_MINUTE: Final = timedelta(minutes=1)


def walk_in_outlook(offer: Offer, now: datetime) -> list[str]:
    """ "98 % in 15 min", "92 % in 1 h" and so on while the site is open; empty where nobody knows."""
    units = [unit.id for unit in offer.units if unit.walk_in_only and not unit.inhibits]
    site = WalkInSite(offer.id, offer.zone, units, len(offer.units))
    return [
        f"{percent_sure(chance)} % in {minutes_words(ahead)}"
        for ahead, chance in zip(_AHEAD, walk_in_chances(site, _AHEAD, now), strict=False)
        if opening_state(offer.calendar.hours, offer.zone, now + ahead * _MINUTE).is_open
    ]
