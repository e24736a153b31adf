"""The outbox: what happened, and to whom it has been told."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class EventSubject(models.Model):
    """The counter behind `DomainEvent.sequence`: its row lock orders the events of one subject, and only of one."""

    subject = models.CharField(max_length=80, primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.subject} at {self.last}"


class DomainEvent(models.Model):
    """A fact about one subject ("booking:<uuid>"), numbered 1, 2, 3 … without gaps per subject.

    `data` holds what the subscribers need: old and new values, and `actor`, the id of who did it or null.
    """

    type = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(db_default=1, help_text="of the type, and so of data's schema")
    subject = models.CharField(max_length=80)
    sequence = models.PositiveIntegerField()
    data = models.JSONField()
    occurred_at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True, help_text="when its deliveries were written")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "sequence"], name="event_sequence_per_subject")
        ]
        indexes = [
            models.Index(fields=["id"], name="event_undispatched", condition=Q(dispatched_at=None)),
            BrinIndex(fields=["occurred_at"], name="event_occurred", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject} #{self.sequence}"


class EventDelivery(models.Model):
    """One event on its way to one handler. Subject and sequence are the event's, kept here for the order.

    After many failed attempts it is dead: it is not tried again, and still holds back what follows for its subject
    and handler, until an administrator replays or discards it.
    """

    event = models.ForeignKey(
        DomainEvent, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    handler = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    sequence = models.PositiveIntegerField()
    attempts = models.PositiveSmallIntegerField(db_default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    last_error = models.TextField(blank=True, db_default="")
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="delivery_once_per_handler")]
        indexes = [
            models.Index(
                F("handler"), F("subject"), F("sequence"), name="delivery_pending", condition=Q(done_at=None)
            ),
            models.Index(
                fields=["id"], name="delivery_dead", condition=Q(done_at=None, dead_at__isnull=False)
            ),
            BrinIndex(fields=["done_at"], name="delivery_done", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"event {self.event_id} to {self.handler}"
