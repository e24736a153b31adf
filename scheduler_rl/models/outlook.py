"""What is expected at a station, refitted every night from the installation's own history."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from stations.models import Station


class StationOutlook(models.Model):
    """One station on one kind of day.

    `prices`: what one connector is worth to others, EUR per slot of 15 minutes, 144 from midnight at the site (the
    LP's shadow price, plain). `demand`: sessions expected to begin in each of the 24 hours.
    """

    class Kind(models.TextChoices):
        WEEKDAY = "weekday", "weekdays"
        WEEKEND = "weekend", "weekends"

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="outlooks", db_index=False)
    kind = models.CharField(max_length=7, choices=Kind)
    prices = ArrayField(models.FloatField(), size=144)
    demand = ArrayField(models.FloatField(), size=24)
    fitted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["station", "kind"], name="station_outlook_once")]

    def __str__(self) -> str:
        return f"{self.station_id} on {self.kind}s"
