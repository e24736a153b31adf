"""The operator's answer to a dispute: kept as a draft, then submitted once and for all."""

from datetime import datetime
from typing import Final

import stripe
from django.db import transaction

from accounts.models import User
from evbooking.core import audit
from evbooking.core.errors import Invalid, WrongState
from payments.gateway import is_missing, stripe_calls
from payments.models import BookingAccount, Dispute
from payments.services.disputes.syncing import sync_dispute

LONGEST: Final = 5000


@transaction.atomic
def keep_evidence(dispute: Dispute, *, text: str, actor: User, now: datetime) -> Dispute:
    """Keep the draft of the answer. Raises Invalid at `text`, WrongState once it was answered or decided."""
    BookingAccount.objects.select_for_update().get(payments__pk=dispute.payment_id)
    row = Dispute.objects.select_for_update(of=("self",)).get(pk=dispute.pk)
    _check(row, text, now)
    before = row.evidence
    row.evidence, row.last_updated = text, now
    row.save(update_fields=["evidence", "last_updated"])
    audit.record(
        "dispute.evidence", target=row, actor=actor, before={"evidence": before}, after={"evidence": text}
    )
    return row


def submit_evidence(dispute: Dispute, *, text: str, actor: User, now: datetime) -> Dispute:
    """Send the answer to the driver's bank; it cannot be changed afterwards. Raises as `keep_evidence`, and
    PaymentProviderUnavailable, with the draft kept.
    """
    kept = keep_evidence(dispute, text=text, actor=actor, now=now)
    refused = False
    with stripe_calls() as client:
        try:
            client.v1.disputes.update(
                kept.stripe_id, {"evidence": {"uncategorized_text": text}, "submit": True}
            )
        except stripe.InvalidRequestError as error:
            if is_missing(error):
                raise WrongState("Stripe does not know this dispute: it cannot be answered here.") from error
            refused = True
    answered = sync_dispute(kept.stripe_id, now=now) or kept
    if refused:
        raise WrongState("This dispute was answered or decided already.")
    return answered


def _check(dispute: Dispute, text: str, now: datetime) -> None:
    if not text.strip():
        raise Invalid.one("text", "required", "Write what happened, and what proves it.")
    if len(text) > LONGEST:
        raise Invalid.one("text", "too_long_text", f"At most {LONGEST} characters.")
    if dispute.status != Dispute.Status.NEEDS_RESPONSE:
        raise WrongState("This dispute was answered or decided already.")
    if dispute.evidence_due_by and dispute.evidence_due_by <= now:
        raise WrongState("The time to answer this dispute is over.")
