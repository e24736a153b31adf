"""Stripe's own lists of charges, refunds, disputes, transfers, reversals and payouts against ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import stripe
from django.conf import settings

from evbooking.core.money import Money
from payments.gateway import is_foreign, money_of
from payments.ledger.checking.comparing import BATCH, Listed, batches, compare
from payments.ledger.checking.difference import Difference
from payments.ledger.checking.ours import (
    CHARGES,
    DISPUTES,
    PAYOUTS,
    REFUNDS,
    REVERSALS,
    TRANSFERS,
    Booked,
    Ours,
)
from payments.models import OperatorAccount, Payment

EARLIER: Final = timedelta(days=8)  # a charge is made when it is authorised, and captured within a week
_GONE: Final = ("failed", "canceled")


def compare_objects(client: stripe.StripeClient, since: datetime, settled: datetime) -> Iterator[Difference]:
    """What is there and not here, here and not there, or of another amount, of what was made in [since, settled)."""
    asked = asked_from(since)
    pairs: tuple[tuple[str, Iterable[Listed], Ours | Booked], ...] = (
        ("charge", _charges(client, asked), CHARGES),
        ("refund_at_stripe", _refunds(client, asked), REFUNDS),
        ("dispute_at_stripe", _disputes(client, asked), DISPUTES),
        ("transfer", _transfers(client, asked), TRANSFERS),
        ("reversal", _reversals(client, asked), REVERSALS),
        ("payout_at_stripe", _payouts(client, asked), PAYOUTS),
    )
    for kind, listed, ours in pairs:
        expected = ours.made(since, settled)
        yield from compare(kind, listed, known=ours.known, expected=expected, settled=settled)


def asked_from(since: datetime) -> dict[str, Any]:
    """Parameters of a list of everything that may have moved since then."""
    return {"created": {"gte": int((since - EARLIER).timestamp())}, "limit": BATCH}


def payments_of(charges: Iterable[str]) -> dict[str, Payment]:
    """Our payments by their charge's id."""
    return {one.charge_id: one for one in Payment.objects.filter(charge_id__in=[c for c in charges if c])}


def _charges(client: stripe.StripeClient, asked: Any) -> Iterator[Listed]:
    """What was captured of our installation's."""
    for charge in client.v1.charges.list(asked).auto_paging_iter():
        if charge.captured and charge.status == "succeeded" and _is_ours(charge):
            yield Listed(charge.id, money_of(charge.amount_captured, charge.currency), charge.created)


def _refunds(client: stripe.StripeClient, asked: Any) -> Iterator[Listed]:
    refunds = client.v1.refunds.list(asked).auto_paging_iter()
    return _of_our_charges(refund for refund in refunds if refund.status not in _GONE)


def _disputes(client: stripe.StripeClient, asked: Any) -> Iterator[Listed]:
    return _of_our_charges(client.v1.disputes.list(asked).auto_paging_iter())


def _of_our_charges(objects: Iterable[Any]) -> Iterator[Listed]:
    for batch in batches(objects):
        ours = payments_of(one.charge for one in batch)
        for one in batch:
            if one.charge in ours or _is_ours(one):
                yield Listed(one.id, money_of(one.amount, one.currency), one.created)


def _transfers(client: stripe.StripeClient, asked: Any) -> Iterator[Listed]:
    for transfer, payment in _our_transfers(client, asked):
        money = money_of(transfer.amount, transfer.currency)
        yield Listed(transfer.id, money - _fee_of(transfer, payment), transfer.created)


def _our_transfers(client: stripe.StripeClient, asked: Any) -> Iterator[tuple[Any, Payment | None]]:
    for batch in batches(client.v1.transfers.list(asked).auto_paging_iter()):
        ours = payments_of(one.source_transaction for one in batch)
        for one in batch:
            payment = ours.get(one.source_transaction)
            if payment is not None or _is_ours(one):
                yield one, payment


def _fee_of(transfer: Any, payment: Payment | None) -> Money:
    """The application fee that came straight back of a charge's own transfer."""
    if payment is None or payment.transfer_id != transfer.id:
        return money_of(0, transfer.currency)
    return Money(payment.application_fee, payment.currency)


def _reversals(client: stripe.StripeClient, asked: Any) -> Iterator[Listed]:
    """Only that they are there: their amounts less the fees given back are compared with the balance."""
    for transfer, _ in _our_transfers(client, asked):
        if transfer.amount_reversed:
            for one in client.v1.transfers.reversals.list(transfer.id, {"limit": BATCH}).auto_paging_iter():
                yield Listed(one.id, None, one.created)


def _payouts(client: stripe.StripeClient, asked: Any) -> Iterator[Listed]:
    """Of every connected account, those that we asked for."""
    accounts = OperatorAccount.objects.exclude(stripe_id=None).values_list("stripe_id", flat=True)
    for account in accounts.iterator():
        try:
            yield from _payouts_of(client, account, asked)
        except stripe.PermissionError as error:  # its payouts are among what we have and Stripe does not
            if not is_foreign(error):
                raise


def _payouts_of(client: stripe.StripeClient, account: str | None, asked: Any) -> Iterator[Listed]:
    listed = client.v1.payouts.list(asked, {"stripe_account": str(account)})
    for payout in listed.auto_paging_iter():
        if payout.status not in _GONE and _is_ours(payout):
            yield Listed(payout.id, money_of(payout.amount, payout.currency), payout.created)


def _is_ours(item: Any) -> bool:
    metadata = getattr(item, "metadata", None)
    return bool(metadata) and getattr(metadata, "installation", None) == settings.EVB_INSTALLATION
