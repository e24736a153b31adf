"""The money side of one booking paid online: its strategy, and how far it is settled."""

from django.db import models
from django.db.models import Q

from accounts.models import Operator
from bookings.models import Booking


class BookingAccount(models.Model):
    """One row per booking paid online; whoever changes its payments locks it first, then Payment, then Booking.

    A booking is settled when what was taken and kept equals the sum of its CDRs (credits included), and nothing
    more stays authorised. `estimate` are the lines shown before the card was asked, and their sum is
    `estimate_amount`, in `currency`; `fee_share` (percent of the bill) and `destination` (acct_...) are the
    operator's when the booking was first paid for, or billed.
    """

    class Strategy(models.TextChoices):
        AUTHORISE = "AUTHORISE", "card authorised now"
        SAVE_CARD = "SAVE_CARD", "card saved, authorised shortly before the start"
        PREPAYMENT = "PREPAYMENT", "paid in advance"
        DEPOSIT = "DEPOSIT", "deposit, the rest afterwards"
        AFTERWARDS = "AFTERWARDS", "nothing asked for, a bill all the same"

    class State(models.TextChoices):
        OPEN = "OPEN", "open"
        DUE = "DUE", "to be settled"
        SETTLED = "SETTLED", "settled"
        UNPAID = "UNPAID", "the driver owes"

    IN_ADVANCE = (Strategy.PREPAYMENT, Strategy.DEPOSIT)

    booking = models.OneToOneField(
        Booking, on_delete=models.PROTECT, primary_key=True, related_name="account"
    )
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    strategy = models.CharField(max_length=10, choices=Strategy)
    currency = models.CharField(max_length=3)
    estimate = models.JSONField(default=list)
    estimate_amount = models.DecimalField(max_digits=12, decimal_places=3)
    fee_share = models.DecimalField(max_digits=5, decimal_places=2)
    destination = models.CharField(max_length=64, blank=True)
    payment_method = models.CharField(max_length=64, blank=True, help_text="pm_..., saved for later charges")
    authorise_at = models.DateTimeField(null=True, blank=True, help_text="when the saved card is authorised")
    grace_until = models.DateTimeField(
        null=True, blank=True, help_text="by when a failed card must be replaced"
    )
    reminded_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    due_at = models.DateTimeField(null=True, blank=True, help_text="next attempt to settle")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="to settle, in vain")
    asked = models.PositiveSmallIntegerField(
        default=0, help_text="how often the driver was asked for what they owe"
    )
    last_error = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    last_updated = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="DUE") | Q(due_at__isnull=False), name="account_due_has_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="account_due", condition=Q(state__in=["DUE", "UNPAID"])),
            models.Index(fields=["authorise_at"], name="account_authorise", condition=Q(state="OPEN")),
            models.Index(fields=["operator", "state"], name="account_of_operator"),
        ]

    def __str__(self) -> str:
        return f"account of {self.booking_id}"
