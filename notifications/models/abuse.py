"""Against abuse: blocks between a driver and an operator, and reports of posts to the administrators."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Operator
from notifications.models.thread import Post, Side


class Block(models.Model):
    """A driver and an operator do not write to each other while one of them blocks; booking is not touched."""

    driver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="+")
    by = models.CharField(max_length=8, choices=[(Side.DRIVER, "driver"), (Side.OPERATOR, "operator")])
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["driver", "operator", "by"], name="block_once")]

    def __str__(self) -> str:
        return f"the {self.by} blocks"


class PostReport(models.Model):
    """Somebody asks the administrators to look at a post of the other side."""

    class State(models.TextChoices):
        OPEN = "OPEN", "open"
        DISMISSED = "DISMISSED", "dismissed"
        REMOVED = "REMOVED", "post removed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="reports", db_index=False)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    reason = models.TextField(max_length=500, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    created_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["post", "reporter"], name="post_reported_once"),
            models.CheckConstraint(
                condition=Q(state="OPEN", resolved_at=None) | ~Q(state="OPEN") & Q(resolved_at__isnull=False),
                name="post_report_resolved",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at", "id"], name="post_report_open", condition=Q(state="OPEN"))
        ]

    def __str__(self) -> str:
        return f"report of {self.post_id}"
