"""A booking's money on its page: what was reserved, paid, released and given back, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from bookings.models import Booking
from bookings.presentation.words import site_time
from evbooking.core.money import Money
from evbooking.core.ocpi import ReservationStatus
from payments.consent import words_of
from payments.models import BookingAccount, Document, Payment, Refund
from payments.selectors.history import papers_of

Status = Payment.Status
State = BookingAccount.State

_REFUNDS: Final = {
    Refund.Status.PENDING: "On its way back to your card",
    Refund.Status.SUCCEEDED: "Refunded to your card",
    Refund.Status.FAILED: "A refund failed, we are looking into it",
}


class Line(NamedTuple):
    """What happened, and with how much; no amount where none moved."""

    text: str
    money: Money | None


@dataclass(frozen=True, slots=True)
class BookingMoney:
    """`note` says what comes next; `owes` whether the driver has to do something about it, and `act` what.

    `agreement` is what they last agreed to about their card; empty before that.
    """

    lines: list[Line]
    note: str
    owes: bool
    act: str
    agreement: str
    papers: list[Document]


def money_of_booking(booking: Booking) -> BookingMoney | None:
    """None for a booking that nobody began to pay online."""
    account = BookingAccount.objects.filter(booking=booking).first()
    if account is None:
        return None
    payments = account.payments.prefetch_related("refunds", "disputes").order_by("created_at")
    lines = [line for payment in payments for line in _lines(payment)]
    papers = papers_of(booking.driver, {booking.reference or ""}).get(booking.reference or "", [])
    owes = account.state == State.UNPAID or _wants_another_card(booking)
    act = "Pay with another card" if was_asked(account) else "Pay now"
    agreed = [one for one in payments if one.agreed_at and one.status in Payment.SECURING]
    agreement = _agreement(agreed[-1], booking) if agreed else ""
    return BookingMoney(lines, _note(account, booking), owes, act, agreement, papers)


def _lines(payment: Payment) -> Iterator[Line]:
    card = f" ({payment.card})" if payment.card else ""
    match payment.status:
        case Status.SAVED:
            yield Line(f"Card saved{card}", None)
        case Status.AUTHORISED:
            yield Line(f"Reserved on your card{card}", _money(payment, payment.authorised_amount))
        case Status.CAPTURED:
            yield from _taken(payment, card)
        case Status.CANCELED if payment.card and payment.kind == Payment.Kind.AUTHORISATION:
            yield Line(f"Released, never taken{card}", _money(payment, payment.amount))
        case Status.FAILED:
            yield Line(f"Failed{card}: {payment.failure_message or 'the card was declined.'}", None)
        case Status.PROCESSING:
            yield Line("Being processed", _money(payment, payment.amount))
    for refund in payment.refunds.all():
        if words := _REFUNDS.get(Refund.Status(refund.status)):
            yield Line(f"{words}: {refund.get_reason_display()}", _money(payment, refund.amount))


def _taken(payment: Payment, card: str) -> Iterator[Line]:
    yield Line(f"{_what_was_paid(payment)}{card}", _money(payment, payment.captured_amount))
    released = payment.amount - payment.captured_amount
    if payment.kind == Payment.Kind.AUTHORISATION and released:
        yield Line("Released, never taken", _money(payment, released))
    if payment.disputes.all():
        yield Line("Disputed by your bank", None)


def _what_was_paid(payment: Payment) -> str:
    if payment.purpose == Payment.Purpose.EXTRA:
        return "The rest of the bill paid"
    deposit = payment.account.strategy == BookingAccount.Strategy.DEPOSIT
    return "Deposit paid" if deposit and payment.kind == Payment.Kind.CHARGE else "Paid"


def _note(account: BookingAccount, booking: Booking) -> str:
    match account.state:
        case State.UNPAID if was_asked(account):
            return "The card could not be charged with all of the bill."
        case State.UNPAID:
            return "There was nothing to pay when you booked; what it cost in the end is not paid yet."
        case State.OPEN if _wants_another_card(booking):
            zone = ZoneInfo(booking.station.time_zone)
            until = f" by {site_time(account.grace_until, zone)}" if account.grace_until else ""
            return f"Your card did not work. Give another one{until}, or the slot goes to somebody else."
        case State.DUE:
            return "The rest is being settled with your card now."
        case State.OPEN if _is_saved_for_later(account):
            at = site_time(account.authorise_at or booking.start, ZoneInfo(booking.station.time_zone))
            amount = Money(account.estimate_amount, account.currency)
            return f"{amount} is reserved on your card on {at}, 48 hours before the start."
    return ""


def _agreement(payment: Payment, booking: Booking) -> str:
    at = site_time(payment.agreed_at or payment.created_at, ZoneInfo(booking.station.time_zone))
    amount = _money(payment, payment.agreed_amount or payment.amount)
    return f"On {at} you agreed for {amount} that {words_of(payment.agreed_to, amount)}."


def was_asked(account: BookingAccount) -> bool:
    """Whether a card was asked before the end: not where there was nothing to pay."""
    return account.strategy != BookingAccount.Strategy.AFTERWARDS


def _wants_another_card(booking: Booking) -> bool:
    promised = booking.status in {ReservationStatus.RESERVED, ReservationStatus.PENDING}
    return promised and booking.payment_status == Booking.PaymentStatus.FAILED


def _is_saved_for_later(account: BookingAccount) -> bool:
    return account.authorise_at is not None and not account.payments.filter(status=Status.AUTHORISED).exists()


def _money(payment: Payment, amount: Decimal) -> Money:
    return Money(amount, payment.currency)
