"""The next step that brings what was taken together with what the bills say. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from evbooking.core.money import Money
from payments.amounts import chargeable_unit, least_charge
from payments.models import Dispute, Payment, Refund
from payments.selectors.position import Position

TOO_SMALL: Final = "amount_too_small"


@dataclass(frozen=True, slots=True)
class Capture:
    """Take `due`, or as much of it as was authorised, and release the rest."""

    payment: Payment
    due: Money


@dataclass(frozen=True, slots=True)
class ChargeCard:
    """Charge `due` to the saved card as a payment of its own."""

    due: Money


@dataclass(frozen=True, slots=True)
class Send:
    """Carry on with a charge of the saved card that was begun."""

    payment: Payment


@dataclass(frozen=True, slots=True)
class Release:
    """Give back what a payment keeps reserved, or close it before anybody pays."""

    payment: Payment


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Refund `amount` of a payment; the operator returns `returned` of it, the platform `fee` of its fee."""

    payment: Payment
    amount: Money
    returned: Money
    fee: Money


@dataclass(frozen=True, slots=True)
class SendRefund:
    """Carry on with a refund that was begun."""

    refund: Refund


@dataclass(frozen=True, slots=True)
class Forgo:
    """Take `amount` off the bill: no card can be charged with it."""

    amount: Money


@dataclass(frozen=True, slots=True)
class Concede:
    """Count `amount` of a lost dispute as given back: the bank has seen to it."""

    dispute: Dispute
    amount: Money


@dataclass(frozen=True, slots=True)
class Finish:
    """Bills and money agree, and nothing is reserved any more."""


@dataclass(frozen=True, slots=True)
class Owe:
    """The driver owes `due`, and no card of theirs gives it now."""

    due: Money


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing can be done now, for `reason`."""

    reason: str


Step = Capture | ChargeCard | Send | Release | GiveBack | SendRefund | Forgo | Concede | Finish | Owe | Wait


def next_step(position: Position) -> Step:  # noqa: PLR0911 - the order of the cases is the rule
    """What to do now: first what was begun, then what is still to be taken, released, or given back."""
    if begun := _begun(position):
        return begun
    if any(one.status == Payment.Status.PROCESSING for one in position.open):
        return Wait("The bank has not answered yet.")
    if position.due and (odd := _odd_part(position)):
        return Forgo(odd)
    if position.due > position.money():
        return _take(position)
    if reserved := (*position.authorised, *position.open):
        return Release(reserved[0])
    if position.due < position.money():
        return give_back(position, -position.due) or _stuck(position)
    return Finish()


def give_back(position: Position, over: Money) -> GiveBack | None:
    """The refund of as much of `over` as the newest payment can give; None where none can."""
    for payment in reversed(position.payments):
        if refundable := position.refundable(payment):
            in_vain = position.reversed_in_vain(payment)
            amount = min(over, refundable, in_vain) if in_vain else min(over, refundable)
            excess = max(position.fee_taken - position.fee_owed, position.money())
            return GiveBack(
                payment,
                amount,
                position.money() if in_vain else amount,
                min(excess, position.fee_left(payment), amount),
            )
    return None


def _take(position: Position) -> Step:
    if position.authorised:
        return Capture(position.authorised[0], position.due)
    if position.open:
        return Owe(position.due)
    if _is_too_small(position):
        return Forgo(position.due)
    can_ask = position.account.payment_method and not _was_asked(position)
    return ChargeCard(position.due) if can_ask else Owe(position.due)


def _odd_part(position: Position) -> Money:
    """The part of what is owed that no card can be charged with."""
    return position.money(position.owed.amount % chargeable_unit(position.account.currency))


def _begun(position: Position) -> SendRefund | Send | None:
    pending = (one for one in position.refunds if one.status == Refund.Status.PENDING)
    if refund := next((one for one in pending if one.stripe_id is None), None):
        return SendRefund(refund)
    charge = next((one for one in position.open if _is_ours(one)), None)
    return Send(charge) if charge else None


def _is_ours(payment: Payment) -> bool:
    """A charge of the saved card that has not come to an end: nobody else sends it."""
    is_new = payment.purpose == Payment.Purpose.EXTRA and payment.status == Payment.Status.PENDING
    return is_new and bool(payment.payment_method)


def _was_asked(position: Position) -> bool:
    """Whether the saved card has refused since the account became due: it is asked once each time."""
    since = position.account.due_at
    extra = (one for one in position.payments if one.purpose == Payment.Purpose.EXTRA)
    return any(
        one.status == Payment.Status.FAILED and since is not None and one.created_at >= since for one in extra
    )


def _is_too_small(position: Position) -> bool:
    """Whether Stripe refused to charge this little, or more; without a card, whether it takes so little of any."""
    if not position.account.payment_method:
        return position.due < least_charge(position.account.currency)
    refused = (one for one in position.payments if one.failure_code == TOO_SMALL)
    return any(position.money(one.amount) >= position.due for one in refused)


def _stuck(position: Position) -> Step:
    """Nothing can be given back: the bank that judges a dispute, or has judged it, sees to it; or refunds failed."""
    statuses = {one.status for one in position.disputes}
    if statuses & {Dispute.Status.NEEDS_RESPONSE, Dispute.Status.UNDER_REVIEW}:
        return Wait("A dispute is open: what is to be refunded waits for its end.")
    if any(dispute.is_unreturned for dispute in position.disputes):
        return Wait("A dispute was won, and the operator has not its part again: the refund waits for that.")
    for dispute in position.disputes:
        left = position.money(dispute.amount) - position.conceded[dispute.pk]
        if dispute.status == Dispute.Status.LOST and left:
            return Concede(dispute, min(-position.due, left))
    return Wait("The refund failed too often: pay the driver another way.")
