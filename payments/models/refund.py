"""Money given back: one Refund at Stripe."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from payments.models.payment import Payment


class Refund(models.Model):
    """Committed PENDING before Stripe is called; its id is the idempotency key. Its amount never changes.

    `reversed_amount` is what came back from the operator's part (transfer reversal), `fee_refunded` what the
    platform gave up of its fee.
    """

    class Status(models.TextChoices):
        PENDING = "PENDING", "under way"
        SUCCEEDED = "SUCCEEDED", "refunded"
        FAILED = "FAILED", "failed"
        CANCELED = "CANCELED", "canceled"

    class Reason(models.TextChoices):
        TERMS = "TERMS", "by the terms of the booking"
        NO_SLOT = "NO_SLOT", "paid too late, the slot was gone"
        CORRECTION = "CORRECTION", "the bill was corrected"
        GOODWILL = "GOODWILL", "goodwill"
        DUPLICATE = "DUPLICATE", "paid twice"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount = models.DecimalField(max_digits=12, decimal_places=3)
    currency = models.CharField(max_length=3)
    reversed_amount = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    fee_refunded = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    status = models.CharField(max_length=9, choices=Status, default=Status.PENDING)
    reason = models.CharField(max_length=10, choices=Reason)
    words = models.CharField(max_length=300, blank=True, help_text="why, as people wrote it")
    stripe_id = models.CharField(max_length=64, unique=True, null=True, blank=True)
    failure_reason = models.CharField(max_length=64, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    last_updated = models.DateTimeField()

    class Meta:
        ordering = ["created_at"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive")]

    def __str__(self) -> str:
        return f"refund {self.id}"
