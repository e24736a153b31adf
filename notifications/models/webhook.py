"""Webhooks out: the endpoints of an operator, what is on its way to them, and every attempt."""

import uuid
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from accounts.models import Operator
from notifications.webhooks.sealing import open_secret

MAX_URL: Final = 500


class WebhookEndpoint(models.Model):
    """An address of an operator's that is told of chosen events, signed with its secret, which is kept sealed.

    After a change of the secret the previous one signs too, until `previous_secret_until`. `failing_since` is the
    first failure after the last success.
    """

    class State(models.TextChoices):
        ACTIVE = "ACTIVE", "active"
        DISABLED = "DISABLED", "disabled"

    class Reason(models.TextChoices):
        SWITCHED_OFF = "SWITCHED_OFF", "switched off"
        GONE = "GONE", "it answered 410 Gone"
        FAILING = "FAILING", "it failed for three days"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    operator = models.ForeignKey(
        Operator, on_delete=models.CASCADE, related_name="webhook_endpoints", db_index=False
    )
    url = models.CharField(max_length=MAX_URL)
    description = models.CharField(max_length=200, blank=True)
    events = ArrayField(models.CharField(max_length=40), help_text="names of webhooks.catalogue")
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    disabled_reason = models.CharField(max_length=12, choices=Reason, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    sealed_secret = models.BinaryField(help_text="by webhooks.sealing")
    sealed_previous_secret = models.BinaryField(default=b"", blank=True)
    previous_secret_until = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    last_updated = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="ACTIVE", disabled_reason="")
                | Q(state="DISABLED") & ~Q(disabled_reason=""),
                name="webhook_disabled_for_a_reason",
            )
        ]
        indexes = [models.Index(fields=["operator", "created_at"], name="webhook_of_operator")]

    def __str__(self) -> str:
        return self.url

    @property
    def secret(self) -> str:
        """As the receiver knows it. Raises vault.Unreadable."""
        return open_secret(self.pk, self.sealed_secret)


class WebhookDelivery(models.Model):
    """One event on its way to one endpoint: `body` is what is sent, the same each time, and `event_id` names it.

    QUEUED > SENDING (claimed, committed) > DELIVERED, or QUEUED again for the next try, or FAILED. Of one endpoint
    and subject a later one is begun only when no earlier one is under way. `trying_since` is its first failure,
    with which the three days of its tries begin.
    """

    class State(models.TextChoices):
        QUEUED = "QUEUED", "waiting"
        SENDING = "SENDING", "being sent"
        DELIVERED = "DELIVERED", "delivered"
        FAILED = "FAILED", "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    event_id = models.BigIntegerField(help_text="the DomainEvent's, which is pruned on its own")
    type = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    sequence = models.PositiveIntegerField()
    body = models.TextField()
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    trying_since = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True, help_text="of the last attempt")
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event_id"], name="webhook_once_per_event")
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "next_attempt_at"], name="webhook_due", condition=Q(state="QUEUED")
            ),
            models.Index(
                fields=["endpoint", "subject", "sequence"],
                name="webhook_under_way",
                condition=Q(state__in=["QUEUED", "SENDING"]),
            ),
            models.Index(fields=["claimed_at"], name="webhook_sending", condition=Q(state="SENDING")),
            models.Index(fields=["endpoint", "-created_at", "id"], name="webhook_log"),
            BrinIndex(fields=["created_at"], name="webhook_created", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.type} to {self.endpoint_id}"


class WebhookAttempt(models.Model):
    """One try: what the receiver answered, the beginning of it as text, or why there was no answer."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    latency_ms = models.PositiveIntegerField()
    answer = models.TextField(blank=True, help_text="at most 1 KB")
    error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.status_code or self.error}"
