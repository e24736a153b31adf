"""How a run of settling ends: settled, owed, waiting, or put off. Each is called in the deciding transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from bookings.models import Booking
from bookings.services.paying import note_payment
from charging.selectors import bill_of_booking
from charging.services.bills import adjust_cdr
from evbooking.core.money import Money
from payments.ledger import post_bill, post_conceded
from payments.models import BookingAccount, Dispute
from payments.selectors.position import Position
from payments.services.documents import issue_receipt
from payments.services.telling import tell_owed

logger = logging.getLogger(__name__)

State = BookingAccount.State
ASKED_AGAIN_AFTER: Final = (timedelta(days=1), timedelta(days=3), timedelta(days=7))
WAITING: Final = timedelta(days=1)
FIRST_DELAY: Final = timedelta(seconds=30)
LONGEST_DELAY: Final = timedelta(hours=1)


def finish(position: Position, *, now: datetime) -> None:
    """SETTLED: the books have every bill, the booking says what became of its payment, the receipt is written."""
    account = position.account
    _book_bills(position)
    _keep(account, State.SETTLED, due_at=None, now=now, settled_at=now)
    note_payment(account.booking, _status(position), secured_amount=position.taken.amount, now=now)
    issue_receipt(account, now=now)


def owe(position: Position, due: Money, *, now: datetime) -> None:
    """UNPAID: the driver is asked to pay, and the card asked again after a day, three, and seven; then no more."""
    account = position.account
    _book_bills(position)
    asked = account.asked
    again = now + ASKED_AGAIN_AFTER[asked] if asked < len(ASKED_AGAIN_AFTER) else None
    account.asked = asked + 1
    _keep(account, State.UNPAID, due_at=again, now=now)
    note_payment(account.booking, Booking.PaymentStatus.FAILED, secured_amount=position.taken.amount, now=now)
    last = position.payments[-1] if position.payments else None
    tell_owed(account, last, amount=due, due_by=again, now=now)


def wait(account: BookingAccount, reason: str, *, now: datetime) -> None:
    """DUE again in a day: somebody else has to do something first."""
    logger.warning("Account %s waits: %s", account.pk, reason)
    _keep(account, State.DUE, due_at=now + WAITING, now=now, last_error=reason)


def reopen(account: BookingAccount, *, now: datetime) -> None:
    """OPEN: the booking is not over (any more); nothing is settled yet."""
    _keep(account, State.OPEN, due_at=None, now=now)


@transaction.atomic
def postpone(account: BookingAccount, error: str, *, now: datetime) -> None:
    """DUE or UNPAID as before, tried again after 30 s, a minute, two, and so on up to an hour."""
    row = BookingAccount.objects.select_for_update().get(pk=account.pk)
    delay = min(FIRST_DELAY * 2 ** min(row.attempts, 10), LONGEST_DELAY)
    row.attempts = row.attempts + 1
    row.due_at, row.last_error, row.last_updated = now + delay, error[:300], now
    row.save(update_fields=["attempts", "due_at", "last_error", "last_updated"])


def forgo(account: BookingAccount, amount: Money, *, now: datetime) -> Callable[[], None]:
    """Take off the bill what no card can be charged with, so that bill and money stay equal; then look again."""
    bill = bill_of_booking(account.booking.reference or "")
    if bill is not None:
        reason = "Less than a card can be charged with is not asked for."
        adjust_cdr(bill, amount=-amount.amount, reason=reason, actor=None, now=now)
    return _look_again


def concede(position: Position, dispute: Dispute, amount: Money, *, now: datetime) -> Callable[[], None]:
    """Book what a bank gave back in our place, so that nobody bears it twice; then look again."""
    _book_bills(position)
    post_conceded(dispute, amount, bill=position.bills[-1].pk, occurred_at=now)
    return _look_again


def _look_again() -> None:
    """The next decision sees what was corrected."""


def _keep(
    account: BookingAccount,
    state: BookingAccount.State,
    *,
    due_at: datetime | None,
    now: datetime,
    last_error: str = "",
    settled_at: datetime | None = None,
) -> None:
    account.state, account.due_at, account.attempts = state, due_at, 0
    account.last_error, account.settled_at, account.last_updated = last_error, settled_at, now
    account.save()


def _book_bills(position: Position) -> None:
    """The books have every bill by now, whether or not its event was delivered."""
    for bill in position.bills:
        post_bill(bill, fee_share=position.account.fee_share)


def _status(position: Position) -> Booking.PaymentStatus:
    if not position.captured:
        return Booking.PaymentStatus.NONE
    return Booking.PaymentStatus.CAPTURED if position.taken else Booking.PaymentStatus.REFUNDED
