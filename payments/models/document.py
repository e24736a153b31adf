"""Numbered documents: invoices, credit notes and receipts, fixed when they are issued."""

import uuid

from django.conf import settings
from django.db import models

from accounts.models import Operator
from charging.models import CDR


class DocumentSeries(models.Model):
    """The counter of one operator, year and kind; its row is locked while a number is taken, so there is no gap."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(help_text="of the issue, in the seller's zone")
    kind = models.CharField(max_length=11)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator", "year", "kind"], name="document_series_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year} of {self.operator_id}"


class Document(models.Model):
    """`content` is everything the PDF shows, taken when it was issued; a trigger refuses UPDATE and DELETE."""

    class Kind(models.TextChoices):
        INVOICE = "INVOICE", "Invoice"
        CREDIT_NOTE = "CREDIT_NOTE", "Credit note"
        RECEIPT = "RECEIPT", "Receipt"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=11, choices=Kind)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="documents")
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    driver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="documents", db_index=False
    )
    cdr = models.ForeignKey(CDR, on_delete=models.PROTECT, null=True, blank=True, related_name="documents")
    booking_reference = models.CharField(max_length=8, blank=True)
    total = models.DecimalField(max_digits=12, decimal_places=3)
    currency = models.CharField(max_length=3)
    content = models.JSONField()
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["-issued_at", "-sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "year", "kind", "sequence"], name="document_sequence_once"
            ),
            models.UniqueConstraint(fields=["cdr", "kind"], name="document_once_per_bill"),
        ]
        indexes = [
            models.Index(fields=["driver", "-issued_at"], name="document_of_driver"),
            models.Index(fields=["booking_reference"], name="document_of_booking"),
        ]

    def __str__(self) -> str:
        return self.number
