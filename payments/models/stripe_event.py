"""Stripe's webhook events, stored once, as received; what they say is read again from Stripe before it is believed."""

from django.db import models
from django.db.models import Q


class StripeEvent(models.Model):
    """`payload` is the event's JSON. RECEIVED and FAILED ones are tried again at `next_attempt_at`; DEAD ones wait
    for an administrator; IGNORED are types that nobody here listens to.
    """

    class State(models.TextChoices):
        RECEIVED = "RECEIVED", "received"
        DONE = "DONE", "done"
        IGNORED = "IGNORED", "nothing to do"
        FAILED = "FAILED", "failed, tried again"
        DEAD = "DEAD", "given up"

    id = models.CharField(max_length=64, primary_key=True, help_text="evt_...")
    type = models.CharField(max_length=80)
    account = models.CharField(
        max_length=64, blank=True, help_text="acct_..., of a connected account's event"
    )
    object_id = models.CharField(max_length=64, blank=True)
    livemode = models.BooleanField()
    payload = models.JSONField()
    state = models.CharField(max_length=8, choices=State, default=State.RECEIVED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    last_error = models.TextField(blank=True)
    received_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-received_at"]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="stripe_event_due",
                condition=Q(state__in=["RECEIVED", "FAILED"]),
            ),
            models.Index(fields=["-received_at"], name="stripe_event_dead", condition=Q(state="DEAD")),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def error_line(self) -> str:
        """The last line of a traceback, which says what went wrong."""
        return self.last_error.strip().rpartition("\n")[2]

    @property
    def can_replay(self) -> bool:
        return self.state in {self.State.DEAD, self.State.FAILED}
