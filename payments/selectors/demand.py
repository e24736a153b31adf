"""What a driver is asked to pay for a booking now: for a hold, a dearer slot, a card that failed, or a debt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Sum

from bookings.errors import HoldExpired
from bookings.holds import awaits_payment
from bookings.models import BILLED, Booking
from bookings.quoting import no_show_cost
from bookings.selectors.replacements import open_replacement
from bookings.terms import AcceptedTerms
from evbooking.core.money import Money
from evbooking.core.ocpi import ReservationStatus as S
from payments.amounts import chargeable, least_charge
from payments.errors import AlreadySecured, PaymentNotRequired
from payments.models import BookingAccount, Payment, Refund
from payments.selectors.position import NOT_GIVEN_BACK, position_of
from payments.strategy import Plan, plan_for

Kind = Payment.Kind
_PROMISED: Final = (S.RESERVED, S.PENDING, S.FULFILLED)


@dataclass(frozen=True, slots=True)
class Demand:
    """`plan` is how the slot is secured; `kind` and `amount` what is asked of the card now: for a slot that is
    secured in part the rest, and for a debt all of it. `replacement` is the dearer slot, where it is for that.
    `fee` is the platform's part of a debt, what its part of the other payments leaves of that of the bill.
    """

    plan: Plan
    kind: Payment.Kind
    amount: Money
    purpose: Payment.Purpose
    hold_expires_at: datetime | None
    replacement: Booking | None = None
    fee: Money | None = None


def demand_of(booking: Booking, *, now: datetime) -> Demand:
    """What `start_checkout` asks of the card. Raises HoldExpired, PaymentNotRequired or AlreadySecured."""
    status = S(booking.status)
    if status == S.HELD:
        return _of_hold(booking, now)
    if status == S.EXPIRED:
        raise HoldExpired
    account = BookingAccount.objects.filter(booking=booking).first()
    if status in _PROMISED:
        return _of_promise(booking, account, now)
    if status in BILLED and account is not None:
        return _of_debt(account)
    raise PaymentNotRequired


def plan_of(slot: Booking, *, now: datetime) -> Plan:
    """How this slot is secured. Raises PaymentNotRequired where it is paid on site, or costs nothing."""
    terms = AcceptedTerms.from_json(slot.terms)
    zone = ZoneInfo(slot.station.time_zone)
    no_show = no_show_cost(slot.tariff_version, terms, zone=zone, start=slot.start, end=slot.end)
    plan = plan_for(terms, quote=slot.quote, start=slot.start, now=now, no_show=no_show)
    if plan is None:
        raise PaymentNotRequired
    return plan


def secured_of(account: BookingAccount) -> Money:
    """What is authorised, or was taken and not given back."""
    sums = account.payments.aggregate(held=Sum("authorised_amount"), taken=Sum("captured_amount"))
    refunds = Refund.objects.filter(payment__account=account).exclude(status__in=NOT_GIVEN_BACK)
    back = refunds.aggregate(sum=Sum("amount"))["sum"]
    parts = (sums["held"], sums["taken"], -back if back else None)
    return Money(sum((part for part in parts if part), Decimal(0)), account.currency)


def _of_hold(booking: Booking, now: datetime) -> Demand:
    if booking.payment_status in {Booking.PaymentStatus.SECURED, Booking.PaymentStatus.CAPTURED}:
        raise AlreadySecured
    if booking.hold_expires_at is None or booking.hold_expires_at <= now:
        raise HoldExpired
    if not awaits_payment(booking):
        raise PaymentNotRequired
    plan = plan_of(booking, now=now)
    if booking.series_id is not None:
        nothing = Money.zero(plan.amount.currency)
        return Demand(plan, Kind.SETUP, nothing, Payment.Purpose.SERIES, booking.hold_expires_at)
    return Demand(plan, plan.kind, plan.amount, Payment.Purpose.CHECKOUT, booking.hold_expires_at)


def _of_promise(booking: Booking, account: BookingAccount | None, now: datetime) -> Demand:
    """The difference of a dearer slot, else what the card did not give; a booking of nothing has no account yet."""
    slot = open_replacement(booking, now=now)
    if slot is not None:
        if slot.hold_expires_at is None or slot.hold_expires_at <= now:
            raise HoldExpired
        demand = _missing(slot, account, now)
        return replace(
            demand,
            purpose=Payment.Purpose.RESCHEDULE,
            hold_expires_at=slot.hold_expires_at,
            replacement=slot,
        )
    if account is None:
        raise PaymentNotRequired
    if booking.payment_status != Booking.PaymentStatus.FAILED:
        raise AlreadySecured
    return _missing(booking, account, now)


def _missing(slot: Booking, account: BookingAccount | None, now: datetime) -> Demand:
    """The part of the slot's security that is not there yet; where none is missing, the driver's consent.

    What is less than a card can be charged with is authorised, and taken with the rest or not at all.
    """
    plan = plan_of(slot, now=now)
    missing = plan.amount - secured_of(account) if account else plan.amount
    if missing <= Money.zero(missing.currency):
        return Demand(plan, Kind.SETUP, Money.zero(missing.currency), Payment.Purpose.CHECKOUT, None)
    kind = Kind.AUTHORISATION if missing < least_charge(missing.currency) else plan.kind
    return Demand(plan, kind, chargeable(missing), Payment.Purpose.CHECKOUT, None)


def _of_debt(account: BookingAccount) -> Demand:
    if account.state != BookingAccount.State.UNPAID:
        raise PaymentNotRequired
    position = position_of(account)
    if position.due <= position.money():
        raise PaymentNotRequired
    amount = chargeable(position.due)
    strategy = BookingAccount.Strategy(account.strategy)
    plan = Plan(strategy, Kind.CHARGE, amount, account.estimate)
    fee = position.fee_for(amount)
    return Demand(plan, Kind.CHARGE, amount, Payment.Purpose.CHECKOUT, None, fee=fee)
