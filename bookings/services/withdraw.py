"""Withdrawing slots that the station can no longer give: the drivers owe nothing and are told why."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from bookings.models import Booking
from bookings.services.cancel import CANCELABLE, cancel_free_of_charge
from bookings.services.replacing import drop_replacement
from evbooking.core.ocpi import CanceledReason


@transaction.atomic
def withdraw_slots(
    station_id: UUID,
    *,
    start: datetime,
    end: datetime | None = None,
    evse_uid: str | None = None,
    by: Booking.CanceledBy,
    actor: User | None,
    now: datetime,
    words: str,
) -> int:
    """Cancel the bookings not yet begun that need the station, or one EVSE of it, within [start, end).

    `end` None means for ever after. Whoever is charging may finish. What is kept for moving a booking there is let
    go, the booking stays. Returns how many were canceled.
    """
    met = Booking.objects.filter(station=station_id, status__in=CANCELABLE, end__gt=max(start, now))
    if end is not None:
        met = met.filter(start__lt=end)
    if evse_uid is not None:
        met = met.filter(evse__uid=evse_uid)
    bookings = met.filter(replaces=None).select_for_update(of=("self",)).select_related("evse").order_by("pk")
    for booking in bookings:
        cancel_free_of_charge(
            booking, by=by, actor=actor, now=now, reason=CanceledReason.BLOCKED, words=words
        )
    for kept in met.filter(replaces__isnull=False):
        drop_replacement(kept, now=now)
    return len(bookings)
