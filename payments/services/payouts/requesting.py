"""Asking for a payout: how much, once, in writing; then to Stripe."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from evbooking.core import audit
from evbooking.core.money import Money
from payments.amounts import payable_out
from payments.errors import NothingToPayOut, PaymentProviderUnavailable, PaymentsNotReady, PayoutUnderWay
from payments.gateway import money_of, stripe_calls
from payments.models import OperatorAccount, Payout
from payments.selectors.payable import payable_of
from payments.services.payouts.sending import send_payout


def request_payout(account: OperatorAccount, *, actor: User | None, now: datetime) -> Payout:
    """Pay out all that is available: at most what our books owe, and what Stripe has available for the operator.

    Returns the payout as Stripe took it, FAILED where it was refused, or still PENDING where Stripe did not answer
    (the sweeper sends it again). Raises PaymentsNotReady, PayoutUnderWay, NothingToPayOut, and
    PaymentProviderUnavailable where Stripe's balance cannot be read.
    """
    if not (account.stripe_id and account.payouts_enabled):
        raise PaymentsNotReady("Stripe does not allow payouts yet; the account's page says what is missing.")
    payout = _commit(account, _available_at_stripe(account), actor=actor, now=now)
    try:
        return send_payout(payout, now=now)
    except PaymentProviderUnavailable:
        return payout


def _available_at_stripe(account: OperatorAccount) -> Money:
    with stripe_calls() as client:
        told = client.v1.balance.retrieve(None, {"stripe_account": str(account.stripe_id)})
    funds = (money_of(one.amount, one.currency) for one in told.available)
    return Money.total((one for one in funds if one.currency == account.currency), account.currency)


@transaction.atomic
def _commit(account: OperatorAccount, at_stripe: Money, *, actor: User | None, now: datetime) -> Payout:
    """The PENDING row. Whoever asks for the same account waits for this transaction, and then sees the row."""
    account = (
        OperatorAccount.objects.select_for_update(of=("self",)).select_related("operator").get(pk=account.pk)
    )
    if account.payouts.filter(currency=account.currency, status=Payout.Status.PENDING).exists():
        raise PayoutUnderWay
    amount = payable_out(min(payable_of(account).available, max(at_stripe, Money.zero(account.currency))))
    if amount <= Money.zero(account.currency):
        raise NothingToPayOut
    payout = Payout.objects.create(
        account=account,
        amount=amount.amount,
        currency=amount.currency,
        requested_by=actor,
        created_at=now,
        last_updated=now,
    )
    after = {"payout": payout.pk, **amount.as_json()}
    audit.record("operator.payout", target=account.operator, actor=actor, before=None, after=after)
    return payout
