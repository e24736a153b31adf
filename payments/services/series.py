"""One checkout of a series: its card is saved once, then each date is secured by its own start.

The payment hangs on the account of one of the dates, whichever waited first; what it saves is for all of them.
Lock order: the series, its accounts by id, the payment, then bookings.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from bookings.errors import HoldExpired, SlotTaken
from bookings.holds import awaits_payment
from bookings.models import Booking, Series
from bookings.series_acts import act_on_series
from bookings.services.paying import confirm_secured, note_payment
from bookings.services.series.telling import tell_if_booked
from evbooking.core.errors import WrongState
from evbooking.core.ocpi import ReservationStatus as S
from payments.consent import agreed
from payments.models import BookingAccount, Payment
from payments.selectors.demand import Demand, demand_of
from payments.selectors.series import series_payments, series_plan
from payments.services.marking import mark_due
from payments.services.opening import open_accounts
from payments.strategy import asked_at

Purpose = Payment.Purpose
Noted = Booking.PaymentStatus


@transaction.atomic
def begin_series(booking: Booking, now: datetime) -> tuple[Payment, Demand]:
    """The open payment that saves the card for all dates that wait, made where there is none; each has its account.

    Raises HoldExpired where none waits any more, PaymentsNotReady.
    """
    series = Series.objects.select_for_update().get(bookings=booking)
    accounts = BookingAccount.objects.select_for_update(of=("self",)).filter(booking__series=series)
    known = {account.pk: account for account in accounts.order_by("pk")}
    begun = Payment.objects.select_for_update(of=("self",)).filter(
        account__in=known, purpose=Purpose.SERIES, status__in=Payment.OPEN
    )
    payment = begun.first()
    waiting = _waiting(series, now)
    if not waiting:
        raise HoldExpired
    missing = [(one, series_plan(one, now=now)) for one in waiting if one.pk not in known]
    known |= {account.pk: account for account in open_accounts(missing, now=now)}
    lead = next((one for one in waiting if payment and one.pk == payment.account_id), waiting[0])
    demand = demand_of(lead, now=now)
    if payment is None:
        payment = _new_payment(known[lead.pk], demand, now)
    payment.account = known[payment.account_id]
    return payment, demand


def note_processing(payment: Payment, *, now: datetime) -> bool:
    """Every date that waits is kept until it is known what became of the payment; False where none waits."""
    dates = _held(payment.account.booking.series_id).order_by("pk")
    noted = [note_payment(one, Noted.PROCESSING, now=now) for one in dates]
    return any(one.status == S.HELD for one in noted)


def note_required(payment: Payment, *, now: datetime) -> None:
    """The payment was canceled: the dates wait for another."""
    dates = _held(payment.account.booking.series_id).filter(payment_status=Noted.PROCESSING)
    for one in dates.order_by("pk"):
        note_payment(one, Noted.REQUIRED, now=now)


def secure_series(payment: Payment, *, now: datetime) -> None:
    """The card is saved: each date is promised and told of together, each in a transaction of its own.

    One whose hold ran out claims its slot again; where that is taken nothing was paid for it, and the others stand.
    Done again, it does what is left.
    """
    series = Series.objects.get(bookings=payment.account_id)
    waiting = BookingAccount.objects.filter(booking__series=series, payment_method="")
    for account in waiting.order_by("booking__start", "pk").values_list("pk", flat=True):
        with act_on_series(series.pk):
            _secure(series, account, payment, now)
    tell_if_booked(series, actor=payment.driver, now=now)


def secure_by_saved_card(booking: Booking, now: datetime) -> bool:
    """Promise a date that was held in its driver's absence, on the card of its series; False where none was saved.

    The card is asked as those of the other dates are, by its own start. Needs a transaction; raises PaymentsNotReady.
    """
    saved = series_payments(_series_id(booking)).filter(status=Payment.Status.SAVED)
    payment = saved.order_by("-last_updated").first()
    if payment is None:
        return False
    [account] = open_accounts([(booking, series_plan(booking, now=now))], now=now)
    account.payment_method, account.authorise_at = payment.payment_method, asked_at(booking.start, now)
    account.save(update_fields=["payment_method", "authorise_at"])
    confirm_secured(booking, status=Noted.SECURED, secured_amount=Decimal(0), now=now)
    booking.refresh_from_db()
    return True


def _series_id(booking: Booking) -> UUID:
    assert booking.series_id, "only a date of a series is secured by another's card"
    return booking.series_id


@transaction.atomic
def _secure(series: Series, account_id: UUID, payment: Payment, now: datetime) -> None:
    Series.objects.select_for_update().get(pk=series.pk)
    accounts = BookingAccount.objects.select_for_update(of=("self",)).select_related("booking__station")
    account = accounts.get(pk=account_id)
    if account.payment_method:
        return
    account.payment_method, account.last_updated = payment.payment_method, now
    try:
        confirm_secured(account.booking, status=Noted.SECURED, secured_amount=Decimal(0), now=now)
        account.authorise_at = asked_at(account.booking.start, now)
    except (SlotTaken, WrongState):
        mark_due(account.booking, now=now)
    account.save(update_fields=["payment_method", "authorise_at", "last_updated"])


def _waiting(series: Series, now: datetime) -> list[Booking]:
    """The dates to be paid, locked, with what their plans need, the earliest first."""
    held = _held(series.pk).select_for_update(of=("self",)).select_related("station", "tariff_version")
    dates = [one for one in held.order_by("pk") if awaits_payment(one)]
    alive = [one for one in dates if one.hold_expires_at and one.hold_expires_at > now]
    return sorted(alive, key=lambda one: one.start)


def _held(series_id: UUID | None) -> QuerySet[Booking]:
    return Booking.objects.filter(series=series_id, status=S.HELD)


def _new_payment(account: BookingAccount, demand: Demand, now: datetime) -> Payment:
    return Payment.objects.create(
        account=account,
        driver_id=account.booking.driver_id,
        kind=demand.kind,
        purpose=demand.purpose,
        currency=demand.amount.currency,
        amount=demand.amount.amount,
        **agreed(demand, now=now),
        created_at=now,
        last_updated=now,
    )
