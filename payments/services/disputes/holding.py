"""The operator's part of disputed money: taken back while it is judged, returned when it is won."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import stripe
from django.conf import settings
from django.db import transaction

from evbooking.core.money import Money
from payments.amounts import in_steps
from payments.gateway import minor, money_of, stripe_calls
from payments.ledger import post_reversal, post_transfer
from payments.models import BookingAccount, Dispute

logger = logging.getLogger(__name__)


def hold_back(dispute: Dispute, *, now: datetime) -> None:
    """Take back from the operator what it got of the disputed money; once. Where its balance does not allow it
    yet, nothing happens, and the sweeper tries again.
    """
    payment = dispute.payment
    if dispute.reversal_id or not payment.transfer_id:
        return
    try:
        with stripe_calls() as client:
            reversal = _reversal(client, dispute)
    except stripe.InvalidRequestError as error:
        logger.warning("The operator's part of %s could not be held back: %s", dispute, error.code)
        return
    if reversal is None:
        return
    held = money_of(reversal.amount, reversal.currency)
    with transaction.atomic():
        row = _locked(dispute)
        if not row.reversal_id:
            row.reversal_id, row.held_amount, row.last_updated = reversal.id, held.amount, now
            row.save(update_fields=["reversal_id", "held_amount", "last_updated"])
        post_reversal(row.payment, reversal=reversal.id, amount=held, occurred_at=_at(reversal.created))


def return_held(dispute: Dispute, *, now: datetime) -> None:
    """Give the operator back what was held, once; where the platform's balance is short, the sweeper tries again."""
    row = Dispute.objects.select_related("payment").get(pk=dispute.pk)
    if not row.reversal_id or row.returned_id:
        return
    try:
        with stripe_calls() as client:
            transfer = _transfer(client, row)
    except stripe.InvalidRequestError as error:
        logger.warning("What was held back for %s could not be returned: %s", row, error.code)
        return
    with transaction.atomic():
        row = _locked(row)
        if not row.returned_id:
            row.returned_id, row.last_updated = transfer.id, now
            row.save(update_fields=["returned_id", "last_updated"])
        amount = money_of(transfer.amount, transfer.currency)
        post_transfer(row.payment, transfer=transfer.id, amount=amount, occurred_at=_at(transfer.created))


def _reversal(client: stripe.StripeClient, dispute: Dispute) -> stripe.TransferReversal | None:
    """The reversal of the operator's part, made now or before; None where nothing of the transfer is left."""
    transfer_id = dispute.payment.transfer_id
    made = client.v1.transfers.reversals.list(transfer_id, {"limit": 100})
    for one in made.auto_paging_iter():
        if getattr(one.metadata, "dispute", "") == str(dispute.pk):
            return one
    transfer = client.v1.transfers.retrieve(transfer_id)
    left = money_of(transfer.amount - transfer.amount_reversed, transfer.currency)
    part = min(operators_part(dispute), left)
    if not part:
        return None
    return client.v1.transfers.reversals.create(
        transfer_id,
        {"amount": minor(part), "metadata": _named(dispute)},
        {"idempotency_key": f"evb-hold-{dispute.pk}"},
    )


def _transfer(client: stripe.StripeClient, dispute: Dispute) -> stripe.Transfer:
    """The transfer back to the operator, made now or before."""
    group = f"dispute-{dispute.pk}"
    made = client.v1.transfers.list({"transfer_group": group, "limit": 1})
    if made.data:
        return made.data[0]
    return client.v1.transfers.create(
        {
            "amount": minor(Money(dispute.held_amount, dispute.currency)),
            "currency": dispute.currency.lower(),
            "destination": dispute.payment.destination,
            "transfer_group": group,
            "metadata": _named(dispute),
        },
        {"idempotency_key": f"evb-return-{dispute.pk}"},
    )


def _named(dispute: Dispute) -> dict[str, str]:
    return {"dispute": str(dispute.pk), "installation": settings.EVB_INSTALLATION}


def operators_part(dispute: Dispute) -> Money:
    """What the operator got of the disputed amount: all of it but the platform's fee, in proportion."""
    payment = dispute.payment
    kept = payment.application_fee / payment.captured_amount if payment.captured_amount else 1
    return Money(dispute.amount, dispute.currency) - in_steps(dispute.amount * kept, dispute.currency)


def _locked(dispute: Dispute) -> Dispute:
    BookingAccount.objects.select_for_update().get(pk=dispute.payment.account_id)
    return Dispute.objects.select_related("payment__account__booking").get(pk=dispute.pk)


def _at(created: int) -> datetime:
    return datetime.fromtimestamp(created, UTC)
