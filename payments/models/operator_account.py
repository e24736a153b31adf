"""An operator's money: the connected account at Stripe, the details its documents carry, and its own plan."""

from django.db import models
from django.db.models import Q

from accounts.models import Operator


class OperatorAccount(models.Model):
    """`stripe_id` (acct_...) is null until onboarding began; the flags are Stripe's, re-read on each event.

    `code` begins the numbers of the operator's documents. The address is the seller's on them.
    """

    operator = models.OneToOneField(
        Operator, on_delete=models.PROTECT, primary_key=True, related_name="money_account"
    )
    stripe_id = models.CharField(max_length=64, unique=True, null=True, blank=True)
    code = models.CharField(max_length=8, unique=True)
    legal_name = models.CharField(max_length=120, blank=True)
    street = models.CharField(max_length=120, blank=True)
    postal_code = models.CharField(max_length=12, blank=True)
    city = models.CharField(max_length=80, blank=True)
    country = models.CharField(
        max_length=2, blank=True, help_text="ISO 3166-1 alpha-2, as Stripe asks for it"
    )
    vat_id = models.CharField(max_length=20, blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    details_submitted = models.BooleanField(default=False)
    charges_enabled = models.BooleanField(default=False)
    payouts_enabled = models.BooleanField(default=False)
    requirements = models.JSONField(default=list, help_text="what Stripe still asks for, by its names")
    disabled_reason = models.CharField(max_length=64, blank=True)
    bank = models.CharField(max_length=80, blank=True, help_text="where payouts go, as people name it")
    bank_changed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    last_updated = models.DateTimeField()

    def __str__(self) -> str:
        return f"account of {self.operator_id}"

    @property
    def is_ready(self) -> bool:
        """Whether drivers can pay online at this operator's stations."""
        return bool(self.stripe_id) and self.charges_enabled


class OperatorPlan(models.Model):
    """An operator's subscription to the platform by Stripe Billing; no row means FREE. Limits: payments.plans.

    `granted`: the platform gives PRO without payment, whatever Stripe says.
    """

    class Plan(models.TextChoices):
        FREE = "FREE", "Free"
        PRO = "PRO", "Pro"

    class Status(models.TextChoices):
        INCOMPLETE = "INCOMPLETE", "first payment missing"
        ACTIVE = "ACTIVE", "active"
        PAST_DUE = "PAST_DUE", "payment overdue"
        CANCELED = "CANCELED", "ended"

    operator = models.OneToOneField(Operator, on_delete=models.PROTECT, primary_key=True, related_name="plan")
    plan = models.CharField(max_length=4, choices=Plan, default=Plan.FREE)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    stripe_customer = models.CharField(max_length=64, blank=True)
    stripe_subscription = models.CharField(max_length=64, unique=True, null=True, blank=True)
    current_period_end = models.DateTimeField(null=True, blank=True)
    cancel_at_period_end = models.BooleanField(default=False)
    granted = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    last_updated = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(plan="PRO") | Q(stripe_subscription__isnull=False) | Q(granted=True),
                name="plan_pro_is_paid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} of {self.operator_id}"
