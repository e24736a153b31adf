"""What came of ranked answers: nothing, or a booking, and what that really cost its driver."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np
from django.db.models import Q

from bookings.costs import waiting_eur
from bookings.models import Booking
from bookings.models.booking import BILLED
from charging.selectors import bill_of_booking
from evbooking.core.api.json import instant
from evbooking.core.ocpi import ReservationStatus
from scheduler_rl.models import RankedDecision

KEPT: Final = timedelta(days=400)
_TAKEN_WITHIN: Final = timedelta(hours=1)  # as bookings.services.recommend: later it was no consequence
_BATCH: Final = 1_000
_CENT: Final = Decimal("0.01")


def settle_decisions(*, now: datetime) -> int:
    """Settle answers that nobody took within an hour, and those whose booking has ended; how many.

    Answers of more than 400 days ago are deleted.
    """
    RankedDecision.objects.filter(at__lt=now - KEPT).delete()
    ended = Q(shown__taken=None) | Q(shown__taken__status__in=BILLED)
    due = RankedDecision.objects.filter(ended, settled_at=None, at__lt=now - _TAKEN_WITHIN)
    found = list(due.select_related("shown__taken").order_by("at")[:_BATCH])
    for decision in found:
        _settle(decision, now)
    RankedDecision.objects.bulk_update(
        found, ["taken", "taken_position", "expected_cost", "realised_cost", "settled_at"], batch_size=_BATCH
    )
    return len(found)


def _settle(decision: RankedDecision, now: datetime) -> None:
    decision.settled_at = now
    booking = decision.shown.taken if decision.shown else None
    position = None if booking is None else _position(decision, booking)
    if booking is None or position is None:
        return
    candidate = decision.candidates[position]
    decision.taken, decision.taken_position = booking, position
    decision.expected_cost = Decimal(str(candidate["cost"]))
    if booking.status == ReservationStatus.COMPLETED:
        decision.realised_cost = realised_cost(booking, candidate, decision.features)


def realised_cost(booking: Booking, candidate: dict[str, Any], features: dict[str, Any]) -> Decimal:
    """EUR: what was billed, the way and the mismatch as expected, and waiting by when the car really came.

    Without a bill the price agreed on counts.
    """
    bill = bill_of_booking(str(booking.reference))
    billed = bill.total_after_taxes if bill else booking.total_amount
    late = (booking.arrived_at or booking.start) - datetime.fromisoformat(features["wished"])
    waiting = waiting_eur(np.array(late / timedelta(hours=1)), features["waiting_eur_h"])
    other = candidate["travel"] + candidate["duration_mismatch"] + float(waiting)
    return (billed + Decimal(str(other))).quantize(_CENT)


def _position(decision: RankedDecision, booking: Booking) -> int | None:
    """Where what was booked stood in the answer; None when it was changed since.

    A station whose chargers differ in power has several slots of one start: then the one that ends alike, else the
    first.
    """
    wanted = str(booking.station_id), instant(booking.start)
    places = [position for position, one in enumerate(decision.candidates) if _starts(one) == wanted]
    alike = [one for one in places if decision.candidates[one]["end"] == instant(booking.end)]
    return next(iter(alike or places), None)


def _starts(candidate: dict[str, Any]) -> tuple[str, str]:
    return candidate["station"], candidate["start"]
