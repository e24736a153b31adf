"""The money account of a booking: made when its driver first pays or owes, and kept to the plan in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bookings.models import Booking
from evbooking.core.money import Money
from payments.errors import PaymentsNotReady
from payments.models import BookingAccount, OperatorAccount, Payment
from payments.plans import fee_share_of, in_force
from payments.strategy import Plan


def open_account(booking: Booking, plan: Plan, *, now: datetime) -> BookingAccount:
    """A new account: the operator's connected account and the platform's share stay as they are now.

    Raises PaymentsNotReady while the operator cannot be paid, or is paid in another currency.
    """
    return _opened(booking, _payee(booking), plan, now)


def open_accounts(planned: Sequence[tuple[Booking, Plan]], *, now: datetime) -> list[BookingAccount]:
    """The accounts of dates of one series, whose card is asked once it is saved. Raises as `open_account`."""
    if not planned:
        return []
    payee = _payee(planned[0][0])
    later = [(booking, replace(plan, authorise_at=None)) for booking, plan in planned]
    return BookingAccount.objects.bulk_create(_account(booking, payee, plan, now) for booking, plan in later)


def open_debt(booking: Booking, *, now: datetime) -> BookingAccount | None:
    """The account of a booking that was quoted at nothing and billed all the same; nothing secures it.

    None where the operator has no account at Stripe in the booking's currency.
    """
    accounts = OperatorAccount.objects.select_related("operator").exclude(stripe_id=None)
    payee = accounts.filter(operator=booking.station.operator_id, currency=booking.currency).first()
    if payee is None:
        return None
    nothing = Money.zero(booking.currency)
    plan = Plan(BookingAccount.Strategy.AFTERWARDS, Payment.Kind.CHARGE, nothing, [])
    return _opened(booking, payee, plan, now)


def _opened(booking: Booking, payee: OperatorAccount, plan: Plan, now: datetime) -> BookingAccount:
    account = _account(booking, payee, plan, now)
    account.save(force_insert=True)
    return account


def _account(booking: Booking, payee: OperatorAccount, plan: Plan, now: datetime) -> BookingAccount:
    return BookingAccount(
        booking=booking,
        operator_id=payee.operator_id,
        strategy=plan.strategy,
        currency=booking.currency,
        estimate=list(plan.estimate_lines),
        estimate_amount=plan.estimate.amount,
        authorise_at=plan.authorise_at,
        fee_share=fee_share_of(in_force(getattr(payee.operator, "plan", None))),
        destination=str(payee.stripe_id),
        created_at=now,
        last_updated=now,
    )


def adopt_plan(account: BookingAccount, plan: Plan, *, now: datetime) -> None:
    """Secure the booking as this plan says from now on. The account is locked."""
    account.strategy = plan.strategy
    account.estimate = list(plan.estimate_lines)
    account.estimate_amount = plan.estimate.amount
    account.authorise_at = plan.authorise_at
    account.last_updated = now
    account.save(update_fields=["strategy", "estimate", "estimate_amount", "authorise_at", "last_updated"])


def _payee(booking: Booking) -> OperatorAccount:
    payee: OperatorAccount | None = getattr(booking.station.operator, "money_account", None)
    if payee is None or not payee.is_ready:
        raise PaymentsNotReady("The operator of this station cannot be paid online yet. Nothing was taken.")
    if payee.currency != booking.currency:
        raise PaymentsNotReady(
            f"The operator is paid in {payee.currency}, the booking is in {booking.currency}. Nothing was taken."
        )
    return payee
