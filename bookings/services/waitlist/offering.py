"""Offering what is free to those who wait for it: the first in line whose wish fits, one offer at a time.

An offer is a Booking HELD, made as any hold is, so that the constraint guards it like every other.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from bookings.availability.wishes import Wish
from bookings.errors import SlotTaken
from bookings.locks import lock_line
from bookings.models import Booking, CapacityGain, WaitlistEntry
from bookings.selectors.line import Fit, first_fit
from bookings.services.hold import SlotAsk, hold_once
from bookings.services.waitlist.gains import PUMP
from bookings.services.writing import slot_transaction
from bookings.waiting import S, move_entry
from evbooking.core.errors import Forbidden, Invalid, WrongState
from evbooking.core.pumps import pump
from stations.models import EVSE, Station

logger = logging.getLogger(__name__)
_HOUR: Final = timedelta(hours=1)
# the start is less than so far away: so long the offer stands
_STANDS_FOR: Final = (
    (2 * _HOUR, timedelta(minutes=5)),
    (12 * _HOUR, timedelta(minutes=15)),
    (48 * _HOUR, timedelta(hours=1)),
)
_LONGEST: Final = timedelta(hours=3)
_LOST: Final = 10  # races lost one after another before the next look, which comes by itself


def offer_until(start: datetime, now: datetime) -> datetime:
    """Until when a slot that starts then is kept for who is offered it now: 5 min to 3 h, the nearer the shorter."""
    ahead = start - now
    return now + next((lasting for within, lasting in _STANDS_FOR if ahead < within), _LONGEST)


def offer_slots(station_id: UUID, *, now: datetime) -> int:
    """Offer what is free at the station along its line, until nobody there can be given anything; returns how many."""
    made = lost = 0
    passed: set[UUID] = set()
    while lost < _LOST and (fit := first_fit(station_id, now=now, but=passed)):
        try:
            made += _offer_first(station_id, passed, now)
        except (SlotTaken, WrongState, IntegrityError):
            lost += 1
        except (Invalid, Forbidden) as refused:
            logger.info("Nothing for the entry %s now: %s", fit.entry.pk, refused)
            passed.add(fit.entry.pk)
    return made


@pump(PUMP)
def offer_gains() -> int:
    """Look at the lines of the stations where something came free; returns how many gains were handled."""
    now, handled = timezone.now(), 0
    gains = CapacityGain.objects.filter(handled_at=None).order_by("pk").values_list("pk", "station_id")[:500]
    by_station: dict[UUID, list[int]] = {}
    for pk, station_id in gains:
        by_station.setdefault(station_id, []).append(pk)
    for station_id, pks in by_station.items():
        _offer_along(station_id, now)
        handled += CapacityGain.objects.filter(pk__in=pks, handled_at=None).update(handled_at=now)
    return handled


def sweep_lines(now: datetime) -> int:
    """Look at every line: for what the clock alone frees (a snooze, the horizon) and what was missed.

    Returns how many offers were made.
    """
    waiting = WaitlistEntry.objects.filter(status=S.WAITING).order_by("station")
    return sum(
        _offer_along(station_id, now)
        for station_id in waiting.values_list("station_id", flat=True).distinct()
    )


def _offer_along(station_id: UUID, now: datetime) -> int:
    """`offer_slots`; a line that fails with an error of ours keeps no other from being looked at."""
    try:
        return offer_slots(station_id, now=now)
    except Exception:
        logger.exception("The line of station %s waits for the next sweep", station_id)
        return 0


def _offer_first(station_id: UUID, passed: Collection[UUID], now: datetime) -> int:
    """Under the lock of the line, look again and make one offer. Raises what `hold_once` does, or lost races."""
    with slot_transaction():
        lock_line(station_id)
        fit = first_fit(station_id, now=now, but=passed)
        if fit is None:
            return 0
        booking = hold_once(fit.entry.driver, _ask(station_id, fit, now), now)
        if booking is None:
            raise SlotTaken
        _hand_over(fit.entry, booking, now)
    return 1


def _ask(station_id: UUID, fit: Fit, now: datetime) -> SlotAsk:
    station = Station.objects.select_related("operator", "terms", "tariff__current").get(pk=station_id)
    return SlotAsk(
        station=station,
        start=fit.start,
        end=fit.end,
        evse=EVSE(id=fit.unit.id, uid=fit.unit.uid, station=station),
        wish=Wish(fit.entry.connector or None, fit.entry.vehicle),
        origin=fit.entry,
        expires_at=offer_until(fit.start, now),
    )


def _hand_over(entry: WaitlistEntry, booking: Booking, now: datetime) -> None:
    move_entry(
        entry,
        S.OFFERED,
        actor=None,
        now=now,
        offer=booking,
        offer_expires_at=booking.hold_expires_at,
        not_before=None,
    )
