"""Applying what Stripe says of a payment, under its locks: account, payment, then booking."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction

from evbooking.core.money import Money
from payments.models import BookingAccount, Payment
from payments.reading import Told
from payments.services.sync.booking import book
from payments.services.sync.securing import let_go, secure
from payments.services.telling import tell

Status = Payment.Status

_RANK: Final = {
    Status.AUTHORISED: 1,
    Status.SAVED: 1,
    Status.CANCELED: 2,
    Status.FAILED: 2,
    Status.CAPTURED: 3,
}


@transaction.atomic
def applied(payment: Payment, told: Told, *, now: datetime) -> Payment:
    """Take over what is new, and do what follows from it. What is older than what is known is passed over."""
    account = locked_account(payment)
    row = (
        Payment.objects.select_for_update(of=("self",))
        .select_related("driver", "replacement")
        .get(pk=payment.pk)
    )
    row.account = account
    before = Status(row.status)
    if not _advances(before, told.status):
        return row
    failed_anew = told.failure_message and _failure(row) != (told.charge_id, told.failure_message)
    if changed := _take_over(row, told):
        row.last_updated = now
        row.save(update_fields=[*changed, "last_updated"])
    if row.status == Status.CAPTURED:
        book(row, told)
    if row.status != before:
        _follow(account, row, before, now)
    if failed_anew and row.status in Payment.OPEN:
        amount = Money(row.amount, row.currency)
        why = {"failure": row.failure_message, "failure_code": row.failure_code}
        tell(row, "payment.failed", account=account, amount=amount, now=now, **why)
    return row


def locked_account(payment: Payment) -> BookingAccount:
    """The account of a payment with its booking; its row is locked first, before all others. Needs a transaction."""
    accounts = BookingAccount.objects.select_for_update(of=("self",)).select_related("booking__station")
    return accounts.get(pk=payment.account_id)


def _advances(known: Payment.Status, told: Payment.Status) -> bool:
    """Whether `told` may follow `known`: states only go forward, and what we know to be over stays so.

    A card that was saved is saved, also where Stripe has forgotten how.
    """
    if known == told:
        return True
    if (known, told) == (Status.SAVED, Status.FAILED):
        return False
    return _RANK.get(told, 0) > _RANK.get(known, 0) or {known, told} <= set(Payment.OPEN)


def _failure(row: Payment) -> tuple[str, str]:
    return row.charge_id, row.failure_message


def _take_over(row: Payment, told: Told) -> list[str]:
    """Write what was told into the row; the names of what has changed."""
    values: dict[str, Any] = {
        "status": told.status,
        "authorised_amount": told.authorised.amount,
        "capture_before": told.capture_before if told.authorised else None,
    }
    if told.status in (*Payment.OPEN, Status.FAILED):
        values |= {"failure_code": told.failure_code, "failure_message": told.failure_message}
    elif row.status in (*Payment.OPEN, Status.FAILED):
        values |= {"failure_code": "", "failure_message": ""}
    if told.captured:
        values |= _captured(row, told)
    known = {"charge_id": told.charge_id, "card": told.card, "payment_method": told.payment_method}
    values |= {name: value for name, value in known.items() if value}
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return list(changed)


def _captured(row: Payment, told: Told) -> dict[str, Any]:
    values: dict[str, Any] = {
        "captured_amount": told.captured.amount,
        "amount": max(row.amount, told.captured.amount),
        "application_fee": told.application_fee.amount,
        "captured_at": row.captured_at or told.captured_at,
    }
    if told.transfer is not None:
        values |= {"transfer_id": told.transfer.id, "transferred_amount": told.transfer.amount.amount}
    if told.fee is not None and told.fee.amount.currency == row.currency:
        values["stripe_fee"] = told.fee.amount.amount
    return values


def _follow(account: BookingAccount, row: Payment, before: Payment.Status, now: datetime) -> None:
    """What a new state means for the booking, and who is told of it."""
    if row.status == Status.CAPTURED:
        amount = Money(row.captured_amount, row.currency)
        tell(row, "payment.captured", account=account, amount=amount, now=now)
    elif row.status in {Status.AUTHORISED, Status.SAVED}:
        amount = Money(row.authorised_amount, row.currency)
        tell(row, "payment.secured", account=account, amount=amount, now=now)
    elif row.status == Status.CANCELED and before == Status.AUTHORISED:
        tell(row, "payment.released", account=account, amount=Money(row.amount, row.currency), now=now)
    if row.status in Payment.SECURING and before not in {Status.AUTHORISED, Status.SAVED}:
        secure(account, row, now=now)
    if row.status in {Status.CANCELED, Status.FAILED}:
        let_go(account, row, before, now=now)
