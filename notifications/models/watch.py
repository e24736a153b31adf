"""Watches: "tell me when it is free", and where something may have come free."""

import uuid
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from evbooking.core.ocpi import ConnectorType
from stations.models import Station

LONGEST_PLACE: Final = 120


class WatchQuerySet(models.QuerySet["Watch"]):
    def live(self, now: datetime) -> "WatchQuerySet":
        """Those that may still tell somebody something."""
        return self.filter(paused_at=None, expires_at__gt=now, user__is_active=True)


class Watch(models.Model):
    """One station, or the stations within `radius_km` of a place; of them what has this connector, or any.

    Without a window it is about now: an EVSE that is shown as available. With one it is about a slot of
    `duration_minutes` that starts in [earliest, latest). `armed`, `free_since` and `none_since` are what was last
    seen (notifications.sighting).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watches", db_index=False
    )
    station = models.ForeignKey(
        Station, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    latitude = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    radius_km = models.FloatField(null=True, blank=True)
    place = models.CharField(max_length=LONGEST_PLACE, blank=True, help_text="what an area is called")
    connector = models.CharField(
        max_length=24, choices=ConnectorType, blank=True, help_text="a standard, empty for any"
    )
    earliest = models.DateTimeField(null=True, blank=True)
    latest = models.DateTimeField(null=True, blank=True)
    duration_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    armed = models.BooleanField(default=False, help_text="what comes free now is told")
    free_since = models.DateTimeField(null=True, blank=True)
    none_since = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, help_text="the last time")
    paused_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()

    objects = WatchQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    station__isnull=False,
                    latitude__isnull=True,
                    longitude__isnull=True,
                    radius_km__isnull=True,
                )
                | Q(
                    station__isnull=True,
                    latitude__isnull=False,
                    longitude__isnull=False,
                    radius_km__isnull=False,
                ),
                name="watch_of_a_station_or_an_area",
            ),
            models.CheckConstraint(
                condition=Q(earliest__isnull=True, latest__isnull=True, duration_minutes__isnull=True)
                | Q(earliest__lt=F("latest"), duration_minutes__isnull=False),
                name="watch_window_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="watch_of_user"),
            models.Index(
                fields=["station"],
                name="watch_of_station",
                condition=Q(station__isnull=False, paused_at=None),
            ),
            models.Index(
                fields=["latitude"], name="watch_of_area", condition=Q(station__isnull=True, paused_at=None)
            ),
            models.Index(
                fields=["free_since"],
                name="watch_to_confirm",
                condition=Q(armed=True, free_since__isnull=False, paused_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} watches {self.station_id or 'an area'}"


class WatchedChange(models.Model):
    """Something changed at a station that is watched; gone as soon as its watches were looked at."""

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"change at {self.station_id} since {self.at:%Y-%m-%d %H:%M}"
