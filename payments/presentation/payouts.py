"""Payouts as people read them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from evbooking.core.money import Money
from payments.models import Payout

Status = Payout.Status
_WEEKLY_AT: Final = timedelta(hours=4)
_CHIPS: Final = {
    Status.PENDING: ("outline", "hourglass"),
    Status.IN_TRANSIT: ("charging", "clock"),
    Status.PAID: ("available", "success"),
    Status.FAILED: ("outoforder", "error"),
    Status.CANCELED: ("outoforder", "error"),
}
_FAILURES: Final = {
    "account_closed": "The bank account is closed.",
    "account_frozen": "The bank account is frozen.",
    "bank_account_restricted": "The bank account takes no payouts.",
    "could_not_process": "The bank could not process it.",
    "debit_not_authorized": "The bank did not allow it.",
    "incorrect_account_holder_name": "The account holder's name is wrong.",
    "invalid_account_number": "The account number is wrong.",
    "invalid_currency": "The bank account is in another currency.",
    "no_account": "The bank account does not exist.",
    "balance_insufficient": "Stripe had less available than expected.",
}


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """`tone` and `icon` of the chip; `arrives` is the bank's day; `failure` says why it came back."""

    at: datetime
    money: Money
    word: str
    code: str
    tone: str
    icon: str
    arrives: date | None
    failure: str
    by: str


def payout_row(payout: Payout) -> PayoutRow:
    tone, icon = _CHIPS[Status(payout.status)]
    return PayoutRow(
        at=payout.created_at,
        money=Money(payout.amount, payout.currency),
        word=payout.get_status_display(),
        code=payout.status,
        tone=tone,
        icon=icon,
        arrives=payout.arrival_date,
        failure=_failure(payout),
        by="by hand" if payout.requested_by_id else "weekly",
    )


def said_of(payout: Payout) -> str:
    """What became of a payout that was just asked for."""
    money = Money(payout.amount, payout.currency)
    if payout.status == Status.FAILED:
        return f"{money} could not be paid out. {_failure(payout)} Nothing was lost."
    if payout.status == Status.PENDING:
        return f"Stripe did not answer. {money} will be paid out as soon as it does."
    return f"{money} is on its way to your bank."


def next_weekly(now: datetime) -> date:
    """The day of the next weekly payout: Monday, at four o'clock UTC (evbooking.core.schedule)."""
    before = now.astimezone(UTC) - _WEEKLY_AT
    return (before + timedelta(days=7 - before.weekday())).date()


def _failure(payout: Payout) -> str:
    if payout.status not in {Status.FAILED, Status.CANCELED}:
        return ""
    if payout.status == Status.CANCELED:
        return "It was canceled at Stripe."
    return _FAILURES.get(payout.failure_code, "The bank sent it back.")
