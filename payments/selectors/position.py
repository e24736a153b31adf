"""Where a booking's money stands: what its bills say, and what was taken, given back, or can still be had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from charging.models import CDR
from charging.stored import recompute
from evbooking.core.money import Money
from payments.amounts import in_steps
from payments.ledger.bills import parts_of
from payments.ledger.disputes import conceded
from payments.models import BookingAccount, Dispute, Payment, Refund

NOT_GIVEN_BACK: Final = (Refund.Status.FAILED, Refund.Status.CANCELED)
REFUND_TRIES: Final = 3


class BillDoubtful(RuntimeError):
    """A stored bill is not what its own inputs give: no money moves for it."""


@dataclass(frozen=True, slots=True)
class Position:
    """`owed` is the sum of the bills, `fee_owed` the platform's part of it. Payments and refunds: oldest first.

    `conceded` is what banks that decided a dispute (its id) for the driver gave back in our place.
    """

    account: BookingAccount
    owed: Money
    fee_owed: Money
    bills: tuple[CDR, ...]
    payments: tuple[Payment, ...]
    refunds: tuple[Refund, ...]
    disputes: tuple[Dispute, ...]
    conceded: Mapping[UUID, Money]

    def money(self, amount: Decimal | int = 0) -> Money:
        return Money(Decimal(amount), self.account.currency)

    @property
    def captured(self) -> Money:
        return self.money(sum(payment.captured_amount for payment in self.payments))

    @property
    def given_back(self) -> Money:
        return self.money(
            sum(refund.amount for refund in self.refunds if refund.status not in NOT_GIVEN_BACK)
        )

    @property
    def taken(self) -> Money:
        """What was captured and not given back; a refund under way counts as given back."""
        by_banks = Money.total(self.conceded.values(), self.account.currency)
        return self.captured - self.given_back - by_banks

    @property
    def due(self) -> Money:
        """What is still to be taken; negative: what is to be given back."""
        return self.owed - self.taken

    @property
    def fee_taken(self) -> Money:
        """What the platform keeps of its fees for what was captured."""
        kept = sum(one.application_fee for one in self.payments if one.captured_amount)
        return self.money(kept - sum(refund.fee_refunded for refund in self.refunds))

    @property
    def authorised(self) -> tuple[Payment, ...]:
        return tuple(one for one in self.payments if one.status == Payment.Status.AUTHORISED)

    @property
    def open(self) -> tuple[Payment, ...]:
        """At Stripe or on the way to it, with nothing decided."""
        return tuple(one for one in self.payments if one.status in Payment.OPEN)

    def fee_for(self, amount: Money) -> Money:
        """The platform's part of the next `amount` taken: what makes its part of all taken so far right."""
        if not self.owed:
            return self.money()
        share = (self.taken + amount).amount / self.owed.amount
        fee = in_steps(self.fee_owed.amount * share, amount.currency) - self.fee_taken
        return min(max(fee, self.money()), amount)

    def refundable(self, payment: Payment) -> Money:
        """What can still go back to the card; nothing of what is disputed, was won and is not yet returned to the
        operator, or was refused too often.
        """
        refunds = [one for one in self.refunds if one.payment_id == payment.pk]
        failed = sum(one.status == Refund.Status.FAILED for one in refunds)
        disputed = any(
            one.payment_id == payment.pk and (one.status != Dispute.Status.WON or one.is_unreturned)
            for one in self.disputes
        )
        if disputed or failed >= REFUND_TRIES:
            return self.money()
        back = sum(one.amount for one in refunds if one.status not in NOT_GIVEN_BACK)
        return self.money(payment.captured_amount - back)

    def reversed_in_vain(self, payment: Payment) -> Money:
        """What came back from the operator for refunds that failed, and still waits for the next."""
        refunds = [one for one in self.refunds if one.payment_id == payment.pk]
        back = sum(one.amount for one in refunds if one.status not in NOT_GIVEN_BACK)
        return max(self.money(sum(one.reversed_amount for one in refunds) - back), self.money())

    def fee_left(self, payment: Payment) -> Money:
        """What the platform still keeps of its fee for a payment."""
        returned = sum(one.fee_refunded for one in self.refunds if one.payment_id == payment.pk)
        return self.money(payment.application_fee - returned)


def position_of(account: BookingAccount) -> Position:
    """The position now; each bill is computed again. Raises BillDoubtful."""
    found = CDR.objects.filter(booking_reference=account.booking.reference).order_by("issued_at", "revision")
    bills = tuple(found.select_related("credit_of__station", "station"))
    for bill in bills:
        if recompute(bill).total != Money(bill.total_after_taxes, bill.currency):
            raise BillDoubtful(f"Bill {bill.pk} is not what its inputs give.")
    parts = [parts_of(bill, fee_share=account.fee_share) for bill in bills]
    payments = tuple(account.payments.order_by("created_at", "pk"))
    disputes = tuple(Dispute.objects.filter(payment__account=account))
    return Position(
        account,
        Money.total((part.total for part in parts), account.currency),
        Money.total((part.fee for part in parts), account.currency),
        bills,
        payments,
        tuple(Refund.objects.filter(payment__account=account).order_by("created_at", "pk")),
        disputes,
        {one.pk: conceded(one) for one in disputes},
    )
