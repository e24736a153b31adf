"""Disputes in the books: money that is gone while it is judged, and who bears it when it stays gone."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from evbooking.core.money import Money
from payments.ledger.recording import (
    Account,
    Entry,
    Kind,
    Parties,
    entries_of,
    record,
    reference_of,
    transfer_of,
)
from payments.models import Dispute, LedgerEntry, LedgerTransaction

Booked = list[LedgerTransaction]


def post_dispute(dispute: Dispute) -> Booked:
    """DISPUTE `dispute:<dp>:opened`, and `:won` or `:lost` once its status says so; returns what was new.

    Opened at `created_at`: the amount is disputed. Won at `last_updated`: it came back. Lost: the operator bears
    `held_amount` (what a reversal took from it), the platform the rest: first its fee, then a loss. The reversal,
    the transfer of a won one, and Stripe's fee are posted by their own functions.
    """
    outcomes = {Dispute.Status.WON: _post_won, Dispute.Status.LOST: _post_lost}
    decide = outcomes.get(Dispute.Status(dispute.status))
    booked = [_post_opened(dispute), decide(dispute) if decide else None]
    return [one for one in booked if one is not None]


def post_conceded(
    dispute: Dispute, amount: Money, *, bill: UUID, occurred_at: datetime
) -> LedgerTransaction | None:
    """DISPUTE `dispute:<dp>:conceded:<bill>`: so much of a lost dispute is what a lowered bill gives the driver anyway.

    The bank has seen to it. Whoever bore that part bears it no more, as the bill has taken it from them already.
    """
    lost = _money(dispute)
    borne = [one for one in entries_of(_key(dispute, "lost")) if one.account != Account.DISPUTED]
    parts = [Entry(one.account, -one.money * (amount.amount / lost.amount), one.parties) for one in borne]
    rest = Money.total((part.money for part in parts), amount.currency) + amount
    parts[:1] = [Entry(one.account, one.money - rest, one.parties) for one in parts[:1]]
    returned = Entry(Account.DRIVER_RECEIVABLE, amount, Parties.of(dispute.payment))
    return _record(dispute, f"conceded:{bill}", [returned, *parts], occurred_at=occurred_at)


def conceded(dispute: Dispute) -> Money:
    """What of a lost dispute counts as given back to the driver."""
    entries = LedgerEntry.objects.filter(
        transaction__key__startswith=_key(dispute, "conceded:"), account=Account.DRIVER_RECEIVABLE
    )
    return Money(entries.aggregate(sum=Sum("amount"))["sum"] or Decimal(0), dispute.currency)


def _post_opened(dispute: Dispute) -> LedgerTransaction | None:
    sides = {"debit": Account.DISPUTED, "credit": Account.STRIPE_BALANCE}
    entries = transfer_of(_money(dispute), parties=Parties.of(dispute.payment), **sides)
    return _record(dispute, "opened", entries)


def _post_won(dispute: Dispute) -> LedgerTransaction | None:
    sides = {"debit": Account.STRIPE_BALANCE, "credit": Account.DISPUTED}
    entries = transfer_of(_money(dispute), parties=Parties.of(dispute.payment), **sides)
    return _record(dispute, "won", entries)


def _post_lost(dispute: Dispute) -> LedgerTransaction | None:
    parties = Parties.of(dispute.payment)
    borne = [Entry(account, money, parties) for account, money in _borne(dispute).items()]
    return _record(dispute, "lost", [*borne, Entry(Account.DISPUTED, -_money(dispute), parties)])


def _borne(dispute: Dispute) -> dict[Account, Money]:
    """The disputed amount by who bears it, in proportion to the booking's bills."""
    billed, amount = _billed(dispute), _money(dispute)
    held = min(amount, Money(Decimal(dispute.held_amount), dispute.currency))
    tax = _share(held, billed[Account.TAX], billed[Account.TAX] + billed[Account.OPERATOR_PAYABLE])
    fee = min(
        amount - held,
        _share(amount, billed[Account.PLATFORM_FEE], Money.total(billed.values(), amount.currency)),
    )
    return {
        Account.OPERATOR_PAYABLE: held - tax,
        Account.TAX: tax,
        Account.PLATFORM_FEE: fee,
        Account.DISPUTE_LOSSES: amount - held - fee,
    }


def _billed(dispute: Dispute) -> dict[Account, Money]:
    """What the booking's bills credited, positive."""
    accounts = (Account.OPERATOR_PAYABLE, Account.TAX, Account.PLATFORM_FEE)
    bills = LedgerEntry.objects.filter(
        transaction__kind=Kind.BILL,
        transaction__booking_reference=reference_of(dispute.payment.account.booking),
        account__in=accounts,
        currency=dispute.currency,
    )
    sums = dict(bills.values_list("account").annotate(Sum("amount")).order_by())
    return {account: Money(-sums.get(account, Decimal(0)), dispute.currency) for account in accounts}


def _share(money: Money, part: Money, whole: Money) -> Money:
    return money * (part.amount / whole.amount) if whole else Money.zero(money.currency)


def _money(dispute: Dispute) -> Money:
    return Money(dispute.amount, dispute.currency)


def _key(dispute: Dispute, step: str) -> str:
    return f"dispute:{dispute.stripe_id}:{step}"


def _record(
    dispute: Dispute, step: str, entries: list[Entry], *, occurred_at: datetime | None = None
) -> LedgerTransaction | None:
    at = dispute.created_at if step == "opened" else dispute.last_updated
    return record(
        Kind.DISPUTE,
        key=_key(dispute, step),
        occurred_at=occurred_at or at,
        description=f"Dispute {step.partition(':')[0]}",
        entries=entries,
        booking_reference=reference_of(dispute.payment.account.booking),
    )
