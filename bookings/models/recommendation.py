"""What was recommended to whom, and what was taken: the record by which a ranker is judged."""

import uuid

from django.conf import settings
from django.db import models

from bookings.models.booking import Booking


class RecommendationShown(models.Model):
    """One answer of a ranker as the driver saw it, candidates in shown order, with the booking made from it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    driver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    ranker = models.CharField(max_length=160, help_text="name, version and sha256 of what answered")
    request = models.JSONField()
    shown = models.JSONField()
    at = models.DateTimeField(db_index=True)
    taken = models.ForeignKey(Booking, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    taken_rank = models.PositiveSmallIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.ranker} at {self.at:%Y-%m-%d %H:%M}"
