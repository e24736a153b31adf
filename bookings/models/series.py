"""A recurring booking: what repeats, and how. Its occurrences are ordinary bookings."""

import uuid

from django.conf import settings
from django.db import models

from accounts.models import Vehicle
from evbooking.core.ocpi import ConnectorType
from stations.models import EVSE, Station


class Series(models.Model):
    """A slot of a driver's that repeats: `rrule` (bookings.recurrence), on the wall clock of the site.

    It begins on `first_day` at `clock`, each lasts `duration_minutes`. `evse`, `connector`, `vehicle` and
    `energy_kwh` are what was asked for. Each occurrence is a Booking with its own slot, price, money and end, whose
    `occurrence` is the instant at which the series puts it: one that was moved by itself starts at another.
    `told_at` is when its driver was told that it is booked.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    driver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="series", db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    evse = models.ForeignKey(
        EVSE, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    connector = models.CharField(
        max_length=24, choices=ConnectorType, blank=True, help_text="a standard, empty for any that fits"
    )
    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    energy_kwh = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    rrule = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64)
    first_day = models.DateField()
    clock = models.TimeField(help_text="of the site")
    duration_minutes = models.PositiveSmallIntegerField()
    told_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    last_updated = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "id"]
        verbose_name_plural = "series"
        constraints = [
            models.CheckConstraint(condition=models.Q(duration_minutes__gt=0), name="series_lasts_some_time"),
        ]
        indexes = [models.Index(fields=["driver", "-created_at"], name="series_of_driver")]

    def __str__(self) -> str:
        return f"{self.rrule} from {self.first_day} {self.clock:%H:%M}"
