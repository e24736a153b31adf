"""What became of a payment, in words, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bookings.models import Booking
from bookings.presentation.words import site_clock
from evbooking.core.money import Money
from evbooking.core.ocpi import ReservationStatus as S
from payments.consent import is_debt
from payments.models import Payment
from payments.services.sync.securing import SLOT_TAKEN

Status = Payment.Status

_PROMISED: Final = (S.RESERVED, S.PENDING, S.FULFILLED)
_PAST: Final = (S.COMPLETED, S.NO_SHOW)
_AGAIN: Final = ("stations:detail", "Choose another slot")
_ENDED: Final = (S.CANCELED, S.FAILED, S.REJECTED)
_LOST: Final = (S.EXPIRED, *_ENDED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`level` names the icon and colour; `step` the URL name of the next step: of the booking, series or station."""

    level: str
    title: str
    text: str
    step: str = "bookings:detail"
    act: str = "See your booking"
    waits: bool = False


def outcome_of(booking: Booking, payment: Payment | None, *, now: datetime) -> Outcome:
    """Of the booking's latest payment, None where there is none."""
    if payment is None:
        return _nothing(booking, now)
    if payment.failure_code == SLOT_TAKEN:
        return _stayed()
    if is_debt(payment):
        return _of_debt(booking, payment, now)
    return _of_slot(booking, payment, now)


def _of_slot(booking: Booking, payment: Payment, now: datetime) -> Outcome:
    if payment.status in Payment.SECURING and booking.status in _PROMISED:
        return _secured(booking, payment)
    if booking.status in _PAST or (booking.status in _ENDED and _reached_the_card(payment)):
        return _over()
    if booking.status in _LOST or _has_run_out(booking, payment, now):
        return _lost(payment)
    return _open(booking, payment, now)


def _of_debt(booking: Booking, payment: Payment, now: datetime) -> Outcome:
    """Of what was owed when the booking was over."""
    if payment.status == Status.CAPTURED:
        return Outcome("success", "Your bill is paid", _what_was_done(payment))
    if payment.status == Status.PROCESSING:
        text = "This takes a few seconds, rarely minutes. You may leave this page."
        return Outcome("info", "Your payment is being processed", text, waits=True)
    return _open(booking, payment, now)


def _over() -> Outcome:
    text = "What was paid, released or given back stands on its page."
    return Outcome("info", "This booking is over", text)


def _reached_the_card(payment: Payment) -> bool:
    return bool(payment.card) and payment.status in {Status.CANCELED, *Payment.SECURING}


def _has_run_out(booking: Booking, payment: Payment, now: datetime) -> bool:
    """Whether a hold is over that waits for a card; one whose payment is under way is kept until that is known."""
    waits = payment.status not in {Status.PROCESSING, *Payment.SECURING}
    return waits and _is_late(booking, now)


def _is_late(booking: Booking, now: datetime) -> bool:
    return booking.status == S.HELD and booking.hold_expires_at is not None and booking.hold_expires_at <= now


def _open(booking: Booking, payment: Payment, now: datetime) -> Outcome:
    if payment.status == Status.ACTION:
        return _unfinished()
    if payment.failure_message or payment.status == Status.FAILED:
        return _declined(booking, payment)
    if payment.status in {Status.PENDING, Status.CANCELED}:
        return _nothing(booking, now)
    return _processing()


def _secured(booking: Booking, payment: Payment) -> Outcome:
    text = _what_was_done(payment)
    if payment.purpose == Payment.Purpose.RESCHEDULE:
        return Outcome("success", "Your booking is moved", text)
    if payment.purpose == Payment.Purpose.SERIES:
        text = f"{text} Each date is paid by its own time."
        return Outcome("success", "Your dates are reserved", text, "bookings:series", "See your dates")
    if booking.status == S.PENDING:
        return Outcome(
            "success", "Your wish is with the operator", f"{text} You are told when there is an answer."
        )
    return Outcome("success", "Your slot is reserved", text)


def _what_was_done(payment: Payment) -> str:
    card = f" on {payment.card}" if payment.card else ""
    match payment.status:
        case Status.SAVED:
            return f"Your card is saved{f' ({payment.card})' if payment.card else ''}. Nothing was taken."
        case Status.AUTHORISED:
            amount = Money(payment.authorised_amount, payment.currency)
            return f"{amount} is reserved{card}. Only what you use is taken, after charging."
    return f"{Money(payment.captured_amount, payment.currency)} was paid{card.replace(' on ', ' with ')}."


def _lost(payment: Payment) -> Outcome:
    """The slot is gone: with money that goes back, or without any."""
    if _reached_the_card(payment):
        text = (
            "Your payment came when the slot was gone. It is on its way back to your card; you owe nothing."
        )
        return Outcome("warning", "Someone took this slot meanwhile", text, *_AGAIN)
    return Outcome("warning", "The hold is over", "Nothing was booked, and nothing was taken.", *_AGAIN)


def _stayed() -> Outcome:
    """A dearer slot was gone before its difference was paid."""
    text = "Your booking stands where it was, and what you paid more is on its way back to your card."
    return Outcome("warning", "Someone took the new slot meanwhile", text)


def _declined(booking: Booking, payment: Payment) -> Outcome:
    said = payment.failure_message or "The card was declined."
    return Outcome(
        "error", "The card did not work", f"{said} {_kept(booking)}", "payments:checkout", "Try another card"
    )


def _unfinished() -> Outcome:
    text = "Your bank wants to know that it is you. Nothing was taken yet."
    return Outcome("warning", "Your bank's question is open", text, "payments:checkout", "Go on")


def _nothing(booking: Booking, now: datetime) -> Outcome:
    if booking.status == S.HELD and not _is_late(booking, now):
        return Outcome("info", "Nothing was paid yet", _kept(booking), "payments:checkout", "To the payment")
    return Outcome("info", "Nothing is being paid", "There is no payment under way for this booking.")


def _processing() -> Outcome:
    text = "This takes a few seconds, rarely minutes. You may leave this page: your slot is kept until it is settled."
    return Outcome("info", "Your payment is being processed", text, waits=True)


def _kept(booking: Booking) -> str:
    if booking.status != S.HELD or booking.hold_expires_at is None:
        return "Your booking stands as it was."
    until = site_clock(booking.hold_expires_at, ZoneInfo(booking.station.time_zone))
    return f"Your slot is kept until {until}."
