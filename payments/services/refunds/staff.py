"""What staff gives back: the bill is corrected and the money follows, in one decision."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from accounts.models import User
from bookings.models import Booking
from charging.models import CDR
from charging.selectors import bill_of_booking
from charging.services.bills import adjust_cdr
from evbooking.core.errors import Invalid, NotFound, WrongState
from evbooking.core.money import Money
from payments.amounts import chargeable_unit
from payments.models import BookingAccount, Refund
from payments.selectors.position import Position, position_of
from payments.services.marking import mark_due
from payments.services.refunds.sending import begin_refund
from payments.settlement import GiveBack, give_back

State = BookingAccount.State
BY_STAFF: Final = (Refund.Reason.CORRECTION, Refund.Reason.GOODWILL, Refund.Reason.DUPLICATE)
_MOST: Final = Decimal(10**8)
LONGEST_WORDS: Final = 255


@transaction.atomic
def refund_booking(
    booking: Booking, *, amount: Money, reason: Refund.Reason, words: str, actor: User, now: datetime
) -> list[Refund]:
    """Take `amount` off the bill and give back to the driver what was paid beyond it; returns the refunds begun.

    Settling sends them, at once. Of a bill that the driver still owes, what is not paid is given up first. Raises
    NotFound where nothing is paid online; Invalid at `amount` (`out_of_range`, `currency_mismatch`,
    `refund_above_paid`), at `reason` or `words`; WrongState while the bill and the money are being brought together,
    or where no card can take the money back.
    """
    account = BookingAccount.objects.select_for_update(of=("self",)).filter(booking=booking).first()
    if account is None:
        raise NotFound
    _check(position_of(account), amount, reason, words)
    adjust_cdr(_bill(account), amount=-amount.amount, reason=words, actor=actor, now=now)
    begun = []
    while step := _next(position_of(account)):
        refund = begin_refund(
            step.payment,
            step.amount,
            returned=step.returned,
            fee=step.fee,
            reason=reason,
            words=words,
            actor=actor,
            now=now,
        )
        begun.append(refund)
    mark_due(booking, now=now)
    return begun


def _check(position: Position, amount: Money, reason: Refund.Reason, words: str) -> None:
    currency = position.account.currency
    if amount.currency != currency:
        raise Invalid.one("amount", "currency_mismatch", f"This booking was paid in {currency}.")
    if not 0 < amount.amount < _MOST:
        raise Invalid.one("amount", "out_of_range", "Give an amount above zero.")
    if amount.amount % chargeable_unit(currency):
        smallest = f"{chargeable_unit(currency):f} {currency}"
        raise Invalid.one("amount", "out_of_range", f"Cards take multiples of {smallest}.")
    if position.account.state == State.UNPAID:
        if amount > position.owed:
            raise Invalid.one("amount", "out_of_range", f"The bill is {position.owed}.")
    elif amount > position.taken:
        raise Invalid.one("amount", "refund_above_paid", f"{position.taken} was paid and not given back.")
    if reason not in BY_STAFF:
        raise Invalid.one("reason", "invalid", "Choose a reason.")
    if not words.strip():
        raise Invalid.one("words", "required", "Say why, in words for the driver.")
    if len(words) > LONGEST_WORDS:
        raise Invalid.one("words", "too_long_text", f"At most {LONGEST_WORDS} characters.")


def _bill(account: BookingAccount) -> CDR:
    """The bill that stands. Raises WrongState while there is none, or while it is being settled."""
    bill = bill_of_booking(account.booking.reference or "")
    if bill is None or account.state not in {State.SETTLED, State.UNPAID}:
        raise WrongState("This booking is not settled yet: what is too much goes back by itself.")
    return bill


def _next(position: Position) -> GiveBack | None:
    """The next refund that is needed; None when bill and money agree. Raises WrongState where no card takes it."""
    if position.due >= position.money():
        return None
    step = give_back(position, -position.due)
    if step is None:
        raise WrongState("The payment is disputed, or its card takes no refund.")
    return step
