"""Checkout: what the driver is asked to pay, committed first, then asked of Stripe under the row's name.

A worker that dies between two steps leaves a row from which the next request goes on: the same demand is the same
row, and the same row is the same intent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import stripe
from django.db import connection, transaction

from bookings.errors import HoldExpired
from bookings.models import Booking
from bookings.services.paying import note_payment
from evbooking.core.errors import Invalid
from evbooking.core.locks import advisory_xact_lock
from evbooking.core.money import Money
from evbooking.core.ocpi import ReservationStatus as S
from payments.consent import agreed, is_debt
from payments.errors import (
    AlreadySecured,
    PaymentNotRequired,
    PaymentProviderUnavailable,
    PaymentRefused,
)
from payments.gateway import is_missing, stripe_calls
from payments.models import BookingAccount, Payment
from payments.selectors.demand import Demand, demand_of
from payments.services.customers import customer_of, replace_customer
from payments.services.intents import (
    KEY_IS_SAFE,
    Intent,
    IntentLost,
    confirm_intent,
    create_intent,
    fee_of,
    retrieve_intent,
)
from payments.services.opening import adopt_plan, open_account
from payments.services.series import begin_series, note_processing
from payments.services.sync import release_payment, sync_payment

_TRIES: Final = (
    4  # each lost one has closed an intent that no longer fits, or replaced what Stripe has forgotten
)
_WAITS_FOR_A_CARD: Final = ("requires_payment_method", "requires_confirmation")
_GONE: Final = (S.EXPIRED, S.CANCELED)
_CLOSED: Final = ("succeeded", "requires_capture", "canceled")
_RELATED: Final = (
    "station__operator__money_account",
    "station__operator__plan",
    "evse",
    "tariff_version",
)
_NEEDED: Final = (
    *("reference", "driver", "replaces", "series", "occurrence", "origin", "start", "end", "last_updated"),
    *("status", "payment_status", "hold_expires_at", "secured_amount", "terms", "quote", "currency"),
    *("tariff_version", "evse__uid", "station__time_zone", "station__operator__name"),
    *(f"station__operator__money_account__{name}" for name in ("stripe_id", "charges_enabled", "currency")),
    *(f"station__operator__plan__{name}" for name in ("plan", "granted")),
)
_WHOLE: Final = Booking.objects.select_for_update(of=("self",)).select_related(*_RELATED).only(*_NEEDED)
_LOCK: Final = "SELECT 1 FROM payments_bookingaccount WHERE booking_id = %s FOR UPDATE"
_KEEP: Final = """
WITH account AS (SELECT booking_id FROM payments_bookingaccount WHERE booking_id = %s FOR UPDATE)
UPDATE payments_payment SET stripe_id = coalesce(stripe_id, %s), last_updated = greatest(last_updated, %s)
FROM account WHERE id = %s RETURNING status
"""


@dataclass(frozen=True, slots=True)
class Checkout:
    """What a browser or an app needs to enter a card. `status` is Stripe's of the intent; `client_secret` and what
    comes of it are for the driver alone. `hold_expires_at` is None where no hold waits.
    """

    kind: str
    status: str
    payment: Payment
    client_secret: str
    customer: str
    amount: Money
    hold_expires_at: datetime | None


def start_checkout(
    booking: Booking, *, payment_method: str | None = None, return_url: str | None = None, now: datetime
) -> Checkout:
    """Have the driver pay for a hold, a dearer slot, a card that failed, or what they owe.

    Repeated, the same intent again. With `payment_method` (pm_..., a saved card of theirs) the bank is asked at once,
    and sends the driver to `return_url` after 3-D Secure; a card it declines leaves the intent waiting for another.

    Raises HoldExpired, PaymentNotRequired, AlreadySecured, PaymentsNotReady, PaymentRefused, Invalid for a card that
    is not theirs, and PaymentProviderUnavailable: then the slot is kept, and the same may be asked again.
    """
    for _ in range(_TRIES):
        payment, demand = _begin(booking, now) or begin_series(booking, now)
        customer = customer_of(booking.driver, now=now)
        if not _fits(payment, demand, now):
            release_payment(payment, now=now)
            continue
        intent = _at_stripe(payment, customer, now)
        if intent is None:
            continue
        if intent.status in _CLOSED:
            _settle_closed(payment, now)
            continue
        if payment_method and intent.status in _WAITS_FOR_A_CARD:
            intent = _confirmed(payment, intent, payment_method, return_url, now)
        return _checkout(payment, intent, customer, demand)
    raise PaymentProviderUnavailable("Your payment is changing at this moment. Try again shortly.")


@transaction.atomic
def _begin(booking: Booking, now: datetime) -> tuple[Payment, Demand] | None:
    """The open payment for what is demanded now, made where there is none; another request waits here.

    None for a date of a series that waits: its dates are paid together.
    """
    advisory_xact_lock(f"checkout:{booking.pk}")
    account = _account_of(booking)
    begun = list(account.payments.select_for_update().filter(status__in=Payment.OPEN)) if account else []
    found = _read(booking)
    demand = demand_of(found, now=now)
    if demand.purpose == Payment.Purpose.SERIES:
        return None
    if account is None:
        account = open_account(found, demand.plan, now=now)
        return _new_payment(account, found, demand, now), demand
    account.booking = found
    if same := next((one for one in begun if one.purpose == demand.purpose), None):
        same.account = account
        return same, demand
    if found.status == S.HELD or found.payment_status == Booking.PaymentStatus.FAILED:
        adopt_plan(account, demand.plan, now=now)
    return _new_payment(account, found, demand, now), demand


def _account_of(booking: Booking) -> BookingAccount | None:
    """Its account, the row locked; a first checkout has none, and asks no more than that."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [booking.pk])
        return BookingAccount.objects.get(pk=booking.pk) if cursor.fetchone() else None


def _read(booking: Booking) -> Booking:
    """The booking as it is now, its row locked, with what a demand, an account and an event need of it."""
    return _WHOLE.get(pk=booking.pk)


def _new_payment(account: BookingAccount, booking: Booking, demand: Demand, now: datetime) -> Payment:
    goes_on = account.destination and demand.kind != Payment.Kind.SETUP
    fee = demand.fee if demand.fee is not None else fee_of(account, demand.amount)
    return Payment.objects.create(
        account=account,
        driver_id=booking.driver_id,
        replacement=demand.replacement,
        kind=demand.kind,
        purpose=demand.purpose,
        currency=demand.amount.currency,
        amount=demand.amount.amount,
        application_fee=fee.amount if goes_on else 0,
        destination=account.destination if goes_on else "",
        **agreed(demand, now=now),
        created_at=now,
        last_updated=now,
    )


def _fits(payment: Payment, demand: Demand, now: datetime) -> bool:
    """Whether an open payment asks what is demanded now, and Stripe still knows its key."""
    wanted = demand.replacement.pk if demand.replacement else None
    same = (payment.kind, payment.amount, payment.replacement_id) == (
        demand.kind,
        demand.amount.amount,
        wanted,
    )
    return same and (payment.stripe_id is not None or now - payment.created_at < KEY_IS_SAFE)


def _at_stripe(payment: Payment, customer: str, now: datetime) -> Intent | None:
    """The intent, made where there is none; None where Stripe knew it or its customer no more, and it is closed."""
    try:
        with stripe_calls() as client:
            if payment.stripe_id is not None:
                return retrieve_intent(client, payment)
            intent = create_intent(client, payment, customer)
    except IntentLost:
        sync_payment(payment, now=now)
        return None
    except stripe.InvalidRequestError as error:
        refused = _refused(payment, error, now)
        if not (is_missing(error) and error.param == "customer"):
            raise refused from error
        replace_customer(payment.driver, customer, now=now)
        return None
    _keep(payment, intent.id, now)
    return intent


def _keep(payment: Payment, stripe_id: str, now: datetime) -> None:
    """Remember the intent: the slot waits for what Stripe says of it.

    Raises HoldExpired or PaymentNotRequired where the slot was let go, or the payment closed, meanwhile.
    """
    slot = payment.replacement or payment.account.booking
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [payment.account_id, stripe_id, now, payment.pk])
            (payment.status,) = cursor.fetchone()
        payment.stripe_id = stripe_id
        if payment.purpose == Payment.Purpose.SERIES:
            gone = not note_processing(payment, now=now)
        else:
            if slot.status == S.HELD:
                slot = note_payment(slot, Booking.PaymentStatus.PROCESSING, now=now)
            gone = slot.status in _GONE and not is_debt(payment)
    if gone or payment.status not in Payment.OPEN:
        release_payment(payment, now=now)
        raise HoldExpired if slot.status == S.EXPIRED else PaymentNotRequired


def _confirmed(
    payment: Payment, intent: Intent, payment_method: str, return_url: str | None, now: datetime
) -> Intent:
    """The intent after the bank was asked with a saved card; what came of it is applied."""
    more: dict[str, Any] = {"return_url": return_url} if return_url else {}
    with stripe_calls() as client:
        try:
            intent = confirm_intent(client, payment, payment_method=payment_method, **more)
        except stripe.CardError:
            intent = retrieve_intent(client, payment)
        except stripe.InvalidRequestError as refused:
            if not (refused.code or "").endswith("unexpected_state"):
                raise _not_theirs(refused) from refused
            intent = retrieve_intent(client, payment)
    sync_payment(payment, now=now)
    payment.refresh_from_db(fields=["status", "failure_code", "failure_message"])
    return intent


def _settle_closed(payment: Payment, now: datetime) -> None:
    """It came to its end meanwhile: paid, then there is nothing to ask any more; or canceled, then it is asked anew."""
    if sync_payment(payment, now=now).status in Payment.SECURING:
        raise AlreadySecured


def _refused(payment: Payment, error: stripe.InvalidRequestError, now: datetime) -> PaymentRefused:
    """Stripe takes no such payment: an amount it has no room for, a currency, an account that cannot be paid."""
    Payment.objects.filter(pk=payment.pk, stripe_id=None).update(
        status=Payment.Status.FAILED,
        failure_code=(error.code or "refused")[:64],
        failure_message=(error.user_message or "")[:300],
        last_updated=now,
    )
    return PaymentRefused(f"{error.user_message or PaymentRefused.title} Nothing was taken.")


def _not_theirs(error: stripe.InvalidRequestError) -> Invalid:
    return Invalid.one("payment_method", "invalid", error.user_message or "This card cannot be used.")


def _checkout(payment: Payment, intent: Intent, customer: str, demand: Demand) -> Checkout:
    return Checkout(
        kind=intent.object,
        status=intent.status,
        payment=payment,
        client_secret=str(intent.client_secret),
        customer=customer,
        amount=demand.amount,
        hold_expires_at=demand.hold_expires_at,
    )
