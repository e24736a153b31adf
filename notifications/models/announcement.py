"""Announcements: what an operator tells those who have booked, or an administrator everybody."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Operator


class Announcement(models.Model):
    """Its recipients are found in batches, in the order of their ids; `reached` is the last one who was told.

    Without an operator it is the administrators' own. `event_id` is the DomainEvent's by which each recipient is
    told once. German words are optional: where there are none, everybody reads the English ones.
    """

    class Audience(models.TextChoices):
        BOOKED = "BOOKED", "drivers with a booking to come"
        USERS = "USERS", "everybody"
        OPERATORS = "OPERATORS", "the people of all operators"

    class State(models.TextChoices):
        SENDING = "SENDING", "being told"
        SENT = "SENT", "told"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    operator = models.ForeignKey(
        Operator,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="announcements",
        db_index=False,
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    audience = models.CharField(max_length=9, choices=Audience)
    station_ids = ArrayField(models.UUIDField(), default=list, blank=True, help_text="empty: all of them")
    is_essential = models.BooleanField(default=False, help_text="nobody can switch it off")
    title = models.CharField(max_length=100)
    body = models.TextField()
    title_de = models.CharField(max_length=100, blank=True)
    body_de = models.TextField(blank=True)
    at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State, default=State.SENDING)
    expected = models.PositiveIntegerField(help_text="recipients when it was sent off")
    told = models.PositiveIntegerField(default=0)
    reached = models.UUIDField(null=True, blank=True)
    event_id = models.BigIntegerField(unique=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(operator=None) ^ Q(audience="BOOKED"), name="announcement_to_ones_own"
            ),
            models.CheckConstraint(
                condition=Q(operator=None) | Q(is_essential=False), name="announcement_essential_by_platform"
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "-at"], name="announcement_of_operator"),
            models.Index(fields=["at"], name="announcement_sending", condition=Q(state="SENDING")),
        ]

    def __str__(self) -> str:
        return self.title
