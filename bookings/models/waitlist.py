"""The waiting list: who waits for a slot at which station, and where something came free."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Vehicle
from evbooking.core.ocpi import ConnectorType
from stations.models import Station


class WaitlistEntry(models.Model):
    """A place in the line of one station, for a start in [earliest, latest) of `duration_minutes`.

    `joined_at` is the place in line; it never moves. An offer is a Booking HELD whose `origin` is the entry. Entries of
    one `wish` are the same wish at several stations: one of them is offered at a time, and one is enough.
    """

    class Status(models.TextChoices):
        WAITING = "WAITING", "waiting"
        OFFERED = "OFFERED", "offered a slot"
        ACCEPTED = "ACCEPTED", "accepted"
        DECLINED = "DECLINED", "declined"
        SKIPPED = "SKIPPED", "did not answer"
        CANCELED = "CANCELED", "left"
        LAPSED = "LAPSED", "found nothing in time"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wish = models.UUIDField(default=uuid.uuid4, editable=False)
    driver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="waitlist_entries", db_index=False
    )
    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    station = models.ForeignKey(
        Station, on_delete=models.PROTECT, related_name="waitlist_entries", db_index=False
    )
    connector = models.CharField(
        max_length=24, choices=ConnectorType, blank=True, help_text="a standard, empty for any that fits"
    )
    earliest = models.DateTimeField()
    latest = models.DateTimeField()
    duration_minutes = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    joined_at = models.DateTimeField()
    not_before = models.DateTimeField(null=True, blank=True, help_text="snoozed until then")
    offer_expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    last_updated = models.DateTimeField()

    class Meta:
        ordering = ["joined_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(earliest__lt=F("latest")), name="waitlist_window_has_time"),
            models.CheckConstraint(
                condition=Q(status="OFFERED", offer_expires_at__isnull=False)
                | ~Q(status="OFFERED") & Q(offer_expires_at__isnull=True),
                name="waitlist_offer_has_an_end",
            ),
            models.UniqueConstraint(
                fields=["wish"], condition=Q(status="OFFERED"), name="waitlist_wish_offered_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["station", "joined_at"],
                name="waitlist_line",
                condition=Q(status__in=["WAITING", "OFFERED"]),
            ),
            models.Index(fields=["driver", "-joined_at"], name="waitlist_of_driver"),
            models.Index(fields=["station", "ended_at"], name="waitlist_ended"),
            models.Index(fields=["wish"], name="waitlist_wish"),
        ]

    def __str__(self) -> str:
        return f"{self.driver_id} waits for {self.station_id} since {self.joined_at:%Y-%m-%d %H:%M}"


class CapacityGain(models.Model):
    """Something came free at a station: its line has to be looked at, until `handled_at`."""

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="capacitygain_open", condition=Q(handled_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"time at {self.station_id} since {self.at:%Y-%m-%d %H:%M}"
