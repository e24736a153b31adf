"""A chargeback: the driver's bank takes the money back while it is judged."""

import uuid

from django.db import models
from django.db.models import Q

from payments.models.payment import Payment


class Dispute(models.Model):
    """As Stripe tells it. `held_amount` is what was taken back from the operator's part until it is decided."""

    class Status(models.TextChoices):
        NEEDS_RESPONSE = "NEEDS_RESPONSE", "needs an answer"
        UNDER_REVIEW = "UNDER_REVIEW", "under review"
        WON = "WON", "won"
        LOST = "LOST", "lost"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    stripe_id = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=14, choices=Status, default=Status.NEEDS_RESPONSE)
    reason = models.CharField(max_length=64, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=3)
    currency = models.CharField(max_length=3)
    fee = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    held_amount = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    reversal_id = models.CharField(max_length=64, blank=True, help_text="trr_...")
    returned_id = models.CharField(max_length=64, blank=True, help_text="tr_..., when won")
    evidence_due_by = models.DateTimeField(null=True, blank=True)
    evidence = models.TextField(blank=True, max_length=5000)
    created_at = models.DateTimeField()
    last_updated = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="dispute_positive")]

    def __str__(self) -> str:
        return f"dispute {self.stripe_id}"

    @property
    def is_unreturned(self) -> bool:
        """Whether it was won, and the operator waits for its part."""
        return self.status == self.Status.WON and bool(self.reversal_id) and not self.returned_id
