"""What a payment means for its booking: promised, moved, secured in time, or its money on the way back."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bookings.errors import SlotTaken
from bookings.models import BLOCKING, Booking
from bookings.services.paying import confirm_secured, note_payment
from bookings.services.replacing import complete_reschedule
from charging.selectors import bill_of_booking
from evbooking.core.errors import WrongState
from evbooking.core.money import Money
from evbooking.core.ocpi import ReservationStatus as S
from payments.models import BookingAccount, Payment, Refund
from payments.selectors.demand import plan_of, secured_of
from payments.services.marking import mark_due
from payments.services.opening import adopt_plan
from payments.services.refunds import begin_refund
from payments.services.series import note_required
from payments.services.telling import tell
from payments.strategy import authorise_at

Purpose = Payment.Purpose
Noted = Booking.PaymentStatus

SLOT_TAKEN: Final = "slot_taken"
_AUTHORISED_LATER: Final = (BookingAccount.Strategy.AUTHORISE, BookingAccount.Strategy.SAVE_CARD)


def secure(account: BookingAccount, payment: Payment, *, now: datetime) -> None:
    """A payment has been secured. The account and the payment are locked."""
    if payment.purpose in {Purpose.EXTRA, Purpose.SERIES}:  # those of a series are secured each by itself
        return
    account.payment_method = payment.payment_method or account.payment_method
    account.grace_until = account.reminded_at = None
    account.last_updated = now
    account.save(update_fields=["payment_method", "grace_until", "reminded_at", "last_updated"])
    if payment.purpose == Purpose.RESCHEDULE:
        _move(account, payment, now)
    elif payment.purpose == Purpose.SCHEDULED:
        _note_scheduled(account, now)
    else:
        _promise(account, payment, now)


def let_go(account: BookingAccount, payment: Payment, before: str, *, now: datetime) -> None:
    """A payment was canceled or lost: a hold waits for another; what is promised is authorised anew if it has to be."""
    booking = account.booking
    if before == Payment.Status.AUTHORISED:
        if booking.status in BLOCKING and account.state == BookingAccount.State.OPEN:
            _authorise_anew(account, now)
        return
    if payment.purpose == Purpose.SERIES:
        note_required(payment, now=now)
        return
    slot = payment.replacement or booking
    others = account.payments.filter(status__in=Payment.OPEN, replacement=payment.replacement)
    if slot.status == S.HELD and slot.payment_status == Noted.PROCESSING and not others.exists():
        note_payment(slot, Noted.REQUIRED, now=now)


def _promise(account: BookingAccount, payment: Payment, now: datetime) -> None:
    """The slot is the driver's; a hold that ran out claims it again, and where that fails the money goes back."""
    secured = secured_of(account).amount
    try:
        confirm_secured(account.booking, status=_status(account), secured_amount=secured, now=now)
    except (SlotTaken, WrongState):
        mark_due(account.booking, now=now)
        if bill_of_booking(account.booking.reference or "") is None:
            _tell_returned(account, payment, now)


def _move(account: BookingAccount, payment: Payment, now: datetime) -> None:
    try:
        if payment.replacement is None:
            raise SlotTaken
        moved = complete_reschedule(account.booking, payment.replacement, actor=payment.driver, now=now)
    except (SlotTaken, WrongState):
        _return_difference(account, payment, now)
        return
    account.booking = moved
    adopt_plan(account, plan_of(moved, now=now), now=now)
    _note(account, now)


def _return_difference(account: BookingAccount, payment: Payment, now: datetime) -> None:
    """The booking stays where it is, so what was paid for the other slot goes back at once, not at its end."""
    payment.failure_code, payment.failure_message = SLOT_TAKEN, "Someone took the new slot meanwhile."
    payment.save(update_fields=["failure_code", "failure_message"])
    taken = Money(payment.captured_amount, payment.currency)
    if account.booking.status not in BLOCKING:
        mark_due(account.booking, now=now)
    elif taken:
        fee = Money(payment.application_fee, payment.currency)
        begin_refund(payment, taken, returned=taken, fee=fee, reason=Refund.Reason.NO_SLOT, now=now)
    _tell_returned(account, payment, now)


def _note_scheduled(account: BookingAccount, now: datetime) -> None:
    account.authorise_at = None
    account.save(update_fields=["authorise_at"])
    if account.booking.status in BLOCKING:
        _note(account, now)
    else:
        mark_due(account.booking, now=now)


def _authorise_anew(account: BookingAccount, now: datetime) -> None:
    """What is still reserved is noted; where it is too little, the saved card is asked in time for the start."""
    booking, secured = account.booking, secured_of(account)
    wanted = Money(account.estimate_amount, account.currency)
    if account.strategy not in _AUTHORISED_LATER or secured >= wanted:
        note_payment(booking, _status(account), secured_amount=secured.amount, now=now)
        return
    account.authorise_at = max(now, account.authorise_at or authorise_at(booking.start))
    account.last_updated = now
    account.save(update_fields=["authorise_at", "last_updated"])
    status = Noted.SECURED if account.authorise_at > now else Noted.PROCESSING
    note_payment(booking, status, secured_amount=secured.amount, now=now)


def _note(account: BookingAccount, now: datetime) -> None:
    note_payment(account.booking, _status(account), secured_amount=secured_of(account).amount, now=now)


def _status(account: BookingAccount) -> Booking.PaymentStatus:
    taken = account.payments.filter(captured_amount__gt=0).exists()
    return Noted.CAPTURED if taken else Noted.SECURED


def _tell_returned(account: BookingAccount, payment: Payment, now: datetime) -> None:
    amount = Money(payment.captured_amount + payment.authorised_amount, payment.currency)
    tell(payment, "payment.returned", account=account, amount=amount, now=now)
