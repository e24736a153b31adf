"""The books: double-entry, append-only, each movement balanced in its currency."""

import uuid

from django.conf import settings
from django.db import models

from accounts.models import Operator


class LedgerTransaction(models.Model):
    """One movement of money with its entries; `key` names its cause ("capture:ch_1"), so that it is booked once."""

    class Kind(models.TextChoices):
        BILL = "BILL", "bill"
        CAPTURE = "CAPTURE", "payment"
        REFUND = "REFUND", "refund"
        TRANSFER = "TRANSFER", "transfer to the operator"
        REVERSAL = "REVERSAL", "transfer taken back"
        STRIPE_FEE = "STRIPE_FEE", "Stripe's fee"
        DISPUTE = "DISPUTE", "dispute"
        PAYOUT = "PAYOUT", "payout"
        ON_SITE = "ON_SITE", "paid at the charger"
        SUBSCRIPTION = "SUBSCRIPTION", "operator's plan"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    occurred_at = models.DateTimeField()
    description = models.CharField(max_length=200)
    booking_reference = models.CharField(max_length=8, blank=True)

    class Meta:
        ordering = ["occurred_at", "key"]
        indexes = [
            models.Index(fields=["booking_reference"], name="ledger_of_booking"),
            models.Index(fields=["occurred_at"], name="ledger_by_time"),
        ]

    def __str__(self) -> str:
        return self.key


class LedgerEntry(models.Model):
    """One side of a movement: debit positive, credit negative, in `currency`; a transaction's entries sum to zero."""

    class Account(models.TextChoices):
        STRIPE_BALANCE = "STRIPE_BALANCE", "platform's balance at Stripe"
        OPERATOR_BALANCE = "OPERATOR_BALANCE", "operator's balance at Stripe"
        DRIVER_RECEIVABLE = "DRIVER_RECEIVABLE", "owed by drivers"
        DISPUTED = "DISPUTED", "disputed"
        OPERATOR_PAYABLE = "OPERATOR_PAYABLE", "owed to operators"
        TAX = "TAX", "VAT in operators' bills"
        PLATFORM_FEE = "PLATFORM_FEE", "platform fees"
        SUBSCRIPTIONS = "SUBSCRIPTIONS", "operators' plans"
        STRIPE_FEES = "STRIPE_FEES", "Stripe's fees"
        DISPUTE_LOSSES = "DISPUTE_LOSSES", "lost disputes"

    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="entries")
    account = models.CharField(max_length=17, choices=Account)
    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    driver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    station = models.ForeignKey(
        "stations.Station", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    amount = models.DecimalField(max_digits=14, decimal_places=3)
    currency = models.CharField(max_length=3)

    class Meta:
        indexes = [
            models.Index(fields=["account", "currency"], name="ledger_entry_account"),
            models.Index(fields=["operator", "account"], name="ledger_entry_operator"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount} {self.currency}"
