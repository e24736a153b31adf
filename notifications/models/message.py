"""One message: what one event tells one person by one channel, and how far it has got."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from notifications.kinds import KINDS


class Channel(models.TextChoices):
    INBOX = "inbox", "Inbox"
    EMAIL = "email", "Email"
    SMS = "sms", "SMS"
    PUSH = "push", "Push"


class Notification(models.Model):
    """`event_id` is the DomainEvent's, which is pruned earlier; with channel and recipient it is unique, so that
    an event handled twice tells nobody twice. The row is written in the relay's transaction; sending begins by
    claiming it (QUEUED > SENDING, committed) and ends with what the provider said.
    """

    class State(models.TextChoices):
        QUEUED = "QUEUED", "waiting"
        SENDING = "SENDING", "being sent"
        SENT = "SENT", "sent"
        DELIVERED = "DELIVERED", "delivered"
        FAILED = "FAILED", "failed"
        SKIPPED = "SKIPPED", "not sent"

    class Priority(models.IntegerChoices):
        URGENT = 0
        NORMAL = 5
        BULK = 9

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event_id = models.BigIntegerField()
    kind = models.CharField(max_length=30, choices=[(kind.name, kind.label) for kind in KINDS.values()])
    channel = models.CharField(max_length=5, choices=Channel)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications", db_index=False
    )
    language = models.CharField(max_length=8)
    data = models.JSONField(help_text="the facts its words are made of")
    title = models.CharField(max_length=200)
    text = models.TextField(help_text="the short form, in the recipient's language")
    path = models.CharField(max_length=200, blank=True, help_text="of the page it is about")
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    digest = models.BooleanField(default=False, help_text="goes out together with others of the day")
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True, help_text="told later it would be of no use")
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    address = models.CharField(max_length=254, blank=True, help_text="where it was sent")
    provider_id = models.CharField(max_length=120, blank=True)
    segments = models.PositiveSmallIntegerField(null=True, blank=True, help_text="of a text message")
    error = models.CharField(max_length=200, blank=True, help_text="why not, in words")
    error_code = models.CharField(max_length=20, blank=True, help_text="the provider's")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["event_id", "channel", "recipient"], name="notification_once_per_channel"
            )
        ]
        indexes = [
            models.Index(
                fields=["channel", "priority", "due_at"],
                name="notification_queued",
                condition=Q(state="QUEUED"),
            ),
            models.Index(fields=["claimed_at"], name="notification_sending", condition=Q(state="SENDING")),
            models.Index(fields=["recipient", "-created_at", "id"], name="notification_of_person"),
            models.Index(
                fields=["recipient"],
                name="notification_unread",
                condition=Q(channel="inbox", read_at=None),
            ),
            models.Index(fields=["failed_at"], name="notification_failed", condition=Q(state="FAILED")),
            models.Index(fields=["provider_id"], name="notification_provider", condition=~Q(provider_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel} to {self.recipient_id}"
