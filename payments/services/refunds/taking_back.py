"""The operator's part of a refund whose transfer was reversed for a dispute, and sent anew when that was won.

Stripe reverses what is left of the charge's own transfer, and that is next to nothing then. So the part is taken back
by hand, without the platform's fee, from what was sent anew and then from what is left.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import stripe

from evbooking.core.money import Money
from payments.gateway import minor, money_of
from payments.models import Dispute, Payment, Refund

logger = logging.getLogger(__name__)


def sent_anew(payment: Payment) -> list[str]:
    """The transfers (tr_...) that returned to the operator what won disputes had taken of this payment."""
    returned = Dispute.objects.filter(payment=payment).exclude(returned_id="")
    return list(returned.order_by("created_at").values_list("returned_id", flat=True))


def take_back(
    client: stripe.StripeClient, refund: Refund, named: dict[str, str]
) -> Iterator[stripe.TransferReversal]:
    """The reversals of the operator's part less the fee given up, made now or before; `named` is their metadata.

    What Stripe refuses is alarmed, and borne by the platform.
    """
    missing = Money(refund.reversed_amount - refund.fee_refunded, refund.currency)
    for transfer in (*sent_anew(refund.payment), refund.payment.transfer_id):
        if not missing:
            return
        try:
            made = _reversal(client, refund, transfer, missing, named)
        except stripe.InvalidRequestError as error:
            logger.error("The operator's part of refund %s was not taken back: %s", refund.pk, error.code)  # noqa: TRY400 - no bug
            continue
        if made is not None:
            missing -= money_of(made.amount, made.currency)
            yield made


def _reversal(
    client: stripe.StripeClient, refund: Refund, transfer: str, most: Money, named: dict[str, str]
) -> stripe.TransferReversal | None:
    """The refund's reversal of this transfer, of at most `most`; None where nothing of the transfer is left."""
    for one in client.v1.transfers.reversals.list(transfer, {"limit": 100}).auto_paging_iter():
        if getattr(one.metadata, "refund", "") == str(refund.pk):
            return one
    told = client.v1.transfers.retrieve(transfer)
    part = min(most, money_of(told.amount - told.amount_reversed, told.currency))
    if not part:
        return None
    asked: Any = {"amount": minor(part), "metadata": named}
    key = f"evb-refund-part-{refund.pk}-{transfer}"
    return client.v1.transfers.reversals.create(transfer, asked, {"idempotency_key": key})
