"""What the clock does to bookings. Each function works in batches, may run late, twice, or twice at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, IntegerField, QuerySet, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from bookings.holds import run_out
from bookings.models import Booking
from bookings.services.cancel import cancel_free_of_charge
from bookings.services.charge import end_session
from bookings.services.visit import mark_no_show
from bookings.transitions import move
from evbooking.core.ocpi import CanceledReason
from evbooking.core.ocpi import ReservationStatus as S

_BATCH: Final = 100
_ARRIVAL_UNTIL: Final = ExpressionWrapper(
    F("start") + Value(timedelta(minutes=1)) * Cast(KT("terms__noshow_timeout"), IntegerField()),
    output_field=DateTimeField(),
)


def expire_holds(now: datetime) -> int:
    """HELD past hold_expires_at > EXPIRED, but for those that are being paid. Returns how many."""

    def expire(booking: Booking) -> None:
        move(booking, S.EXPIRED, actor=None, now=now, reason="The hold ran out.")

    return _each(Booking.objects.filter(run_out(now)), expire)


def fail_unanswered(now: datetime) -> int:
    """PENDING past answer_by > FAILED. Returns how many."""

    def fail(booking: Booking) -> None:
        move(booking, S.FAILED, actor=None, now=now, reason="The operator did not answer in time.")

    return _each(Booking.objects.filter(status=S.PENDING, answer_by__lte=now), fail)


def mark_no_shows(now: datetime) -> int:
    """RESERVED past the arrival window > NO_SHOW with the fee of the terms. Returns how many.

    Where the EVSE is out of service nobody could arrive: CANCELED by the system, free of charge.
    """

    def miss(booking: Booking) -> None:
        if booking.evse.inhibits:
            reason, by = CanceledReason.BROKEN_CHARGER, Booking.CanceledBy.SYSTEM
            cancel_free_of_charge(booking, by=by, actor=None, now=now, reason=reason)
        else:
            mark_no_show(booking, actor=None, now=now)

    started = Booking.objects.filter(status=S.RESERVED, start__lt=now)
    return _each(started.alias(arrival_until=_ARRIVAL_UNTIL).filter(arrival_until__lt=now), miss)


def complete_ended(now: datetime) -> int:
    """FULFILLED whose period is over > COMPLETED, billed until its end. Returns how many."""

    def complete(booking: Booking) -> None:
        move(booking, S.COMPLETED, actor=None, now=now, reason="The booked time is over.")
        end_session(booking, end=booking.end, actor=None, now=now)

    return _each(Booking.objects.filter(status=S.FULFILLED, end__lte=now), complete)


def _each(due: QuerySet[Booking], act: Callable[[Booking], None]) -> int:
    """Do it to every one that is due, in transactions of a batch; rows in someone else's hands are left to them."""
    done = 0
    while True:
        with transaction.atomic():
            batch = list(
                due.select_for_update(of=("self",), skip_locked=True)
                .select_related("evse__station", "driver", "tariff_version")
                .order_by()[:_BATCH]
            )
            for booking in batch:
                act(booking)
        done += len(batch)
        if len(batch) < _BATCH:
            return done
