"""A payment: one PaymentIntent or SetupIntent at Stripe, and what came of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from bookings.models import Booking
from payments.models.account import BookingAccount


class Payment(models.Model):
    """Committed PENDING before Stripe is called; its id is the idempotency key of that call.

    `kind` says what it is at Stripe: an AUTHORISATION is captured later, a CHARGE at once, a SETUP only saves a
    card. `purpose` says what for: one for a SERIES hangs on the account of one of its dates and is for all of them.
    Amounts are in `currency`: `amount` asked, `authorised_amount` reserved and not yet captured or released,
    `captured_amount` taken (refunds are Refund rows), `application_fee` the platform's part of what was captured,
    `transferred_amount` what went on to `destination`, `stripe_fee` what Stripe kept. What the driver agreed to at
    the button: the text `agreed_to` (payments.consent) about `agreed_amount`, `agreed_at`.
    """

    class Kind(models.TextChoices):
        SETUP = "SETUP", "card saved"
        AUTHORISATION = "AUTHORISATION", "authorisation"
        CHARGE = "CHARGE", "charge"

    class Purpose(models.TextChoices):
        CHECKOUT = "CHECKOUT", "booking"
        RESCHEDULE = "RESCHEDULE", "dearer slot"
        SCHEDULED = "SCHEDULED", "saved card, before the start"
        EXTRA = "EXTRA", "more than was authorised"
        SERIES = "SERIES", "recurring booking"

    class Status(models.TextChoices):
        PENDING = "PENDING", "not yet at the bank"
        ACTION = "ACTION", "waits for the driver"
        PROCESSING = "PROCESSING", "under way"
        SAVED = "SAVED", "card saved"
        AUTHORISED = "AUTHORISED", "authorised"
        CAPTURED = "CAPTURED", "paid"
        FAILED = "FAILED", "failed"
        CANCELED = "CANCELED", "released"

    OPEN = (Status.PENDING, Status.ACTION, Status.PROCESSING)
    SECURING = (Status.SAVED, Status.AUTHORISED, Status.CAPTURED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(BookingAccount, on_delete=models.PROTECT, related_name="payments")
    driver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payments", db_index=False
    )
    replacement = models.ForeignKey(
        Booking, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=13, choices=Kind)
    purpose = models.CharField(max_length=10, choices=Purpose)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=12, decimal_places=3)
    authorised_amount = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    captured_amount = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    application_fee = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    transferred_amount = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    stripe_fee = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    destination = models.CharField(max_length=64, blank=True)
    stripe_id = models.CharField(max_length=64, unique=True, null=True, blank=True, help_text="pi_ or seti_")
    charge_id = models.CharField(max_length=64, blank=True, help_text="ch_...")
    transfer_id = models.CharField(max_length=64, blank=True, help_text="tr_...")
    payment_method = models.CharField(max_length=64, blank=True)
    card = models.CharField(max_length=40, blank=True, help_text="as people name it: Visa .... 4242")
    capture_before = models.DateTimeField(null=True, blank=True)
    failure_code = models.CharField(max_length=64, blank=True)
    failure_message = models.CharField(max_length=300, blank=True)
    agreed_to = models.CharField(max_length=20, blank=True, help_text="version of the text, payments.consent")
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_amount = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    created_at = models.DateTimeField()
    captured_at = models.DateTimeField(null=True, blank=True)
    last_updated = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="payment_not_negative"),
            models.CheckConstraint(
                condition=Q(captured_amount__gte=0) & Q(captured_amount__lte=F("amount")),
                name="payment_captures_at_most_its_amount",
            ),
            models.UniqueConstraint(
                fields=["account", "purpose"],
                condition=Q(status__in=["PENDING", "ACTION", "PROCESSING"]),
                name="payment_one_open_per_purpose",
            ),
        ]
        indexes = [
            models.Index(fields=["driver", "-created_at"], name="payment_of_driver"),
            models.Index(
                fields=["last_updated"],
                name="payment_open",
                condition=Q(status__in=["PENDING", "ACTION", "PROCESSING"]),
            ),
            models.Index(
                fields=["capture_before"], name="payment_authorised", condition=Q(status="AUTHORISED")
            ),
        ]

    def __str__(self) -> str:
        return f"payment {self.id}"
