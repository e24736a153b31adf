"""A payout: from the operator's balance at Stripe to its bank account."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from payments.models.operator_account import OperatorAccount


class Payout(models.Model):
    """Committed PENDING before Stripe is called (manual payout schedule); its id is the idempotency key."""

    class Status(models.TextChoices):
        PENDING = "PENDING", "under way"
        IN_TRANSIT = "IN_TRANSIT", "on its way to the bank"
        PAID = "PAID", "paid out"
        FAILED = "FAILED", "failed"
        CANCELED = "CANCELED", "canceled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(OperatorAccount, on_delete=models.PROTECT, related_name="payouts")
    amount = models.DecimalField(max_digits=12, decimal_places=3)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    stripe_id = models.CharField(max_length=64, unique=True, null=True, blank=True)
    arrival_date = models.DateField(null=True, blank=True)
    failure_code = models.CharField(max_length=64, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    last_updated = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_positive"),
            models.UniqueConstraint(
                fields=["account", "currency"],
                condition=Q(status="PENDING"),
                name="payout_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"payout {self.id}"
