"""Closures: planned windows in which a station or one EVSE cannot be booked (maintenance, holidays)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from stations.models.evse import EVSE
from stations.models.station import Station


class Closure(models.Model):
    """[start, end) in which the station (evse null) or one EVSE is closed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="closures")
    evse = models.ForeignKey(EVSE, on_delete=models.CASCADE, null=True, blank=True, related_name="closures")
    start = models.DateTimeField()
    end = models.DateTimeField()
    reason = models.CharField(max_length=200)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    canceled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["start"]
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="closure_start_before_end")
        ]
        indexes = [
            models.Index(fields=["station", "end"], name="closure_live", condition=Q(canceled_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.reason} ({self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} UTC)"
