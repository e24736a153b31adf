"""Private calendar feeds: an address that only its owner knows, and that can be taken back."""

import uuid

from django.conf import settings
from django.db import models

from stations.models import Station


class CalendarFeed(models.Model):
    """A person's feed of their own bookings, or with a `station` of the bookings there, for somebody of its staff.

    The address's token is random and kept as its SHA-256 only: it is shown once, and made anew when it is lost.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feeds", db_index=False
    )
    station = models.ForeignKey(
        Station, on_delete=models.CASCADE, null=True, blank=True, related_name="calendar_feeds"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(help_text="when its present address was made")

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "station"], nulls_distinct=False, name="calendar_feed_once_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"calendar of {self.station_id or self.user_id}"
