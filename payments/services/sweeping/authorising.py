"""Saved cards that are due: authorised shortly before the start, while their owners are elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Final

import stripe
from django.db import transaction
from django.db.models import F, QuerySet

from bookings.models import BLOCKING, Booking
from bookings.services.paying import note_payment
from bookings.services.relocate import locked
from evbooking.core.money import Money
from evbooking.core.ocpi import ReservationStatus as S
from payments.amounts import chargeable
from payments.gateway import stripe_calls
from payments.models import BookingAccount, Payment
from payments.reading import failure_of
from payments.selectors.demand import plan_of, secured_of
from payments.services.customers import customer_of
from payments.services.intents import KEY_IS_SAFE, close_intent, create_intent, fee_of, find_intent, intent_of
from payments.services.sweeping.batches import BATCH, each
from payments.services.sync import release_payment, sync_payment
from payments.services.sync.applying import locked_account
from payments.services.telling import tell
from payments.strategy import authorise_at

State = BookingAccount.State
Purpose = Payment.Purpose
Status = Payment.Status

GRACE: Final = timedelta(hours=24)
LEAST_GRACE: Final = timedelta(hours=1)
BEFORE_START: Final = timedelta(hours=12)
_RENEW_BEFORE: Final = timedelta(hours=24)
_PROMISED: Final = (S.RESERVED, S.PENDING, S.FULFILLED)
_REFUSALS: Final = (stripe.CardError, stripe.InvalidRequestError)


def authorise_due(now: datetime) -> int:
    """Authorise the saved cards that are due, and anew what would lapse before the end; returns how many accounts.

    A card that refuses gives its driver a grace: 24 hours, and not beyond 12 hours before the start.
    """
    _renew_lapsing(now)
    due = BookingAccount.objects.filter(state=State.OPEN, authorise_at__lte=now).order_by("authorise_at")
    return each(due[:BATCH], partial(authorise, now=now))


def authorise(account: BookingAccount, *, now: datetime) -> None:
    """Ask the saved card for what is missing of the estimate. Raises PaymentProviderUnavailable: asked again later."""
    payment = _begin(account, now)
    if payment is None:
        return
    refusal = _send(payment, now)
    if refusal is not None:
        _fail(payment, refusal, now)
    elif sync_payment(payment, now=now).status == Status.AUTHORISED:
        for old in _lapsing(account).exclude(pk=payment.pk):
            release_payment(old, now=now)


def _renew_lapsing(now: datetime) -> None:
    soon = Payment.objects.filter(
        status=Status.AUTHORISED,
        capture_before__lte=now + _RENEW_BEFORE,
        capture_before__lt=F("account__booking__end"),
        account__booking__status__in=_PROMISED,
        account__state=State.OPEN,
        account__authorise_at=None,
        account__grace_until=None,
    )
    for payment in soon.select_related("account__booking"):
        if authorise_at(payment.account.booking.start) <= now:
            accounts = BookingAccount.objects.filter(pk=payment.account_id, authorise_at=None)
            accounts.update(authorise_at=now, last_updated=now)


@transaction.atomic
def _begin(account: BookingAccount, now: datetime) -> Payment | None:
    """The payment that asks, begun before or now; None where nothing is to be asked (any more)."""
    accounts = BookingAccount.objects.select_for_update(of=("self",)).select_related("booking__station")
    found = accounts.get(pk=account.pk)
    begun = (
        found.payments.select_for_update().filter(purpose=Purpose.SCHEDULED, status__in=Payment.OPEN).first()
    )
    if begun is not None:
        begun.account = found
        return begun
    if found.state != State.OPEN or found.authorise_at is None or found.authorise_at > now:
        return None
    kind, missing = _wanted(found, now)
    if found.booking.status not in _PROMISED or missing <= Money.zero(found.currency):
        BookingAccount.objects.filter(pk=found.pk).update(authorise_at=None, last_updated=now)
        return None
    amount = chargeable(missing)
    return Payment.objects.create(
        account=found,
        driver_id=found.booking.driver_id,
        kind=kind,
        purpose=Purpose.SCHEDULED,
        currency=found.currency,
        amount=amount.amount,
        application_fee=fee_of(found, amount).amount if found.destination else 0,
        destination=found.destination,
        payment_method=found.payment_method,
        created_at=now,
        last_updated=now,
    )


def _wanted(account: BookingAccount, now: datetime) -> tuple[Payment.Kind, Money]:
    """What the card is asked for: the rest of the estimate, or for a date of a series what is paid in advance."""
    if account.strategy in BookingAccount.IN_ADVANCE:
        return Payment.Kind.CHARGE, plan_of(account.booking, now=now).amount - secured_of(account)
    missing = Money(account.estimate_amount, account.currency) - _lasting(account)
    return Payment.Kind.AUTHORISATION, missing


def _lasting(account: BookingAccount) -> Money:
    """What is secured and stays so until the end."""
    lapsing = Money.total(
        (Money(one.authorised_amount, one.currency) for one in _lapsing(account)), account.currency
    )
    return secured_of(account) - lapsing


def _lapsing(account: BookingAccount) -> QuerySet[Payment]:
    return account.payments.filter(status=Status.AUTHORISED, capture_before__lt=F("account__booking__end"))


def _send(payment: Payment, now: datetime) -> stripe.StripeError | None:
    """Ask the bank; what it refuses is closed at Stripe, and returned."""
    if payment.stripe_id is not None:
        return None
    customer, refusal = customer_of(payment.driver, now=now), None
    with stripe_calls() as client:
        try:
            known = now - payment.created_at > KEY_IS_SAFE and find_intent(client, payment, customer)
            payment.stripe_id = known or create_intent(client, payment, customer).id
        except _REFUSALS as error:
            refusal, payment.stripe_id = error, intent_of(error)
            if payment.stripe_id is not None:
                close_intent(client, payment)
    Payment.objects.filter(pk=payment.pk).update(stripe_id=payment.stripe_id)
    return refusal


@transaction.atomic
def _fail(payment: Payment, refusal: stripe.StripeError, now: datetime) -> None:
    """The driver has to act, or to be there; until then the slot is kept."""
    account = locked_account(payment)
    row = Payment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
    if row.status not in Payment.OPEN:
        return
    booking = locked(account.booking)
    row.status, row.last_updated = Status.FAILED, now
    row.failure_code, row.failure_message = failure_of(refusal.error)
    row.save()
    account.authorise_at = None
    account.last_updated = now
    account.grace_until = _grace(booking.start, now) if booking.status in {S.RESERVED, S.PENDING} else None
    account.save(update_fields=["authorise_at", "grace_until", "last_updated"])
    if booking.status in BLOCKING:
        note_payment(
            booking, Booking.PaymentStatus.FAILED, secured_amount=secured_of(account).amount, now=now
        )
    ask_driver(account, row, now=now)


def ask_driver(account: BookingAccount, payment: Payment, *, now: datetime) -> None:
    """Tell the driver that their card failed, and by when another is needed."""
    more = {"failure": payment.failure_message, "due_by": account.grace_until}
    amount = Money(payment.amount, payment.currency)
    tell(payment, "payment.action_required", account=account, amount=amount, now=now, **more)


def _grace(start: datetime, now: datetime) -> datetime:
    return min(now + GRACE, max(start - BEFORE_START, now + LEAST_GRACE))
