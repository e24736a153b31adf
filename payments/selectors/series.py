"""How the dates of a series are secured: by one saved card, each by its own start."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from bookings.errors import HoldExpired
from bookings.models import Booking, Series
from bookings.selectors.series import dates_of, to_be_paid
from bookings.terms import AcceptedTerms
from evbooking.core.money import Money
from evbooking.core.ocpi import ReservationStatus as S
from payments.errors import AlreadySecured, PaymentNotRequired
from payments.models import BookingAccount, Payment
from payments.selectors.demand import plan_of
from payments.strategy import Plan, asked_at

Strategy = BookingAccount.Strategy
_PROMISED: Final = (S.RESERVED, S.PENDING, S.FULFILLED)


def series_plan(slot: Booking, *, now: datetime) -> Plan:
    """The slot's own plan, asked of a card that is saved first. Raises PaymentNotRequired."""
    plan = plan_of(slot, now=now)
    return replace(
        plan,
        strategy=Strategy.SAVE_CARD if plan.strategy == Strategy.AUTHORISE else plan.strategy,
        kind=Payment.Kind.SETUP,
        amount=Money.zero(plan.amount.currency),
        authorise_at=asked_at(slot.start, now),
    )


@dataclass(frozen=True, slots=True)
class AskedLater:
    """What the saved card is asked for one date: `amount` at `at`; `taken` says whether it is taken or reserved."""

    booking: Booking
    at: datetime
    amount: Money
    taken: bool


def asked_later(booking: Booking, *, now: datetime) -> list[AskedLater]:
    """For each date that waits with this one, the earliest first."""
    assert booking.series, "only a date of a series is paid with others"
    waiting = to_be_paid(list(dates_of(booking.series)), now)
    return [_asked(one, plan_of(one, now=now), now) for one in sorted(waiting, key=lambda one: one.start)]


def to_pay_first(series: Series, *, now: datetime) -> Booking:
    """A date of the series that waits for its checkout. Raises AlreadySecured, HoldExpired or PaymentNotRequired."""
    dates = list(dates_of(series).select_related("driver"))
    if waiting := to_be_paid(dates, now):
        return waiting[0]
    if not any(AcceptedTerms.from_json(one.terms).paid_online for one in dates):
        raise PaymentNotRequired
    if any(one.status in _PROMISED for one in dates):
        raise AlreadySecured
    raise HoldExpired


def series_payments(series_id: UUID) -> QuerySet[Payment]:
    """The payments that save a card for all dates of a series."""
    return Payment.objects.filter(purpose=Payment.Purpose.SERIES, account__booking__series=series_id)


def asked_for(booking: Booking) -> Q:
    """The payments a driver was asked for because of this booking."""
    asked = (Payment.Purpose.CHECKOUT, Payment.Purpose.RESCHEDULE)
    own = Q(account__booking=booking, purpose__in=asked)
    if booking.series_id is None:
        return own
    return own | Q(purpose=Payment.Purpose.SERIES, account__booking__series=booking.series_id)


def _asked(booking: Booking, plan: Plan, now: datetime) -> AskedLater:
    taken = plan.strategy in BookingAccount.IN_ADVANCE
    return AskedLater(booking, asked_at(booking.start, now), plan.amount if taken else plan.estimate, taken)
