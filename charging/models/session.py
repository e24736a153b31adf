"""A charging session (OCPI 2.3.0, mod_sessions): from plugging in to leaving."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from charging.models.token import Token
from evbooking.core.ocpi import ConnectorType
from stations.models import EVSE, Station, TariffVersion


class SessionStatus(models.TextChoices):
    PENDING = "PENDING", "not begun"
    ACTIVE = "ACTIVE", "charging"
    COMPLETED = "COMPLETED", "completed"
    INVALID = "INVALID", "invalid"


class AuthMethod(models.TextChoices):
    """How the driver was let in (OCPI 2.3.0, mod_cdrs, AuthMethod)."""

    AUTH_REQUEST = "AUTH_REQUEST", "asked"
    COMMAND = "COMMAND", "by command or reservation"
    WHITELIST = "WHITELIST", "known to the charger"


class Session(models.Model):
    """What one vehicle did at one EVSE. `booking_reference` names the booking it fulfils, if there is one.

    `kwh` is what was charged by the end, or has been reported so far; `power_kw` and `planned_kwh` are the
    booking's, from which the energy is estimated while no meter reports (charging.estimate). `charging_periods`
    are OCPI's ChargingPeriods. `reserved_from` is since when the EVSE was kept for the driver.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    booking_reference = models.CharField(max_length=8, unique=True, null=True, blank=True)
    token = models.ForeignKey(Token, on_delete=models.PROTECT, related_name="sessions", db_index=False)
    driver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sessions", db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="sessions", db_index=False)
    evse = models.ForeignKey(EVSE, on_delete=models.PROTECT, related_name="sessions", db_index=False)
    connector = models.CharField(max_length=24, choices=ConnectorType)
    status = models.CharField(max_length=9, choices=SessionStatus, default=SessionStatus.ACTIVE)
    auth_method = models.CharField(max_length=12, choices=AuthMethod, default=AuthMethod.COMMAND)
    start = models.DateTimeField()
    end = models.DateTimeField(null=True, blank=True)
    kwh = models.DecimalField(max_digits=10, decimal_places=3, default=0)
    planned_kwh = models.DecimalField(max_digits=7, decimal_places=2)
    power_kw = models.DecimalField(max_digits=7, decimal_places=2)
    meter_start = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True, help_text="kWh")
    meter_stop = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True, help_text="kWh")
    charging_periods = models.JSONField(default=list)
    reserved_from = models.DateTimeField(null=True, blank=True)
    tariff_version = models.ForeignKey(
        TariffVersion, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField()
    last_updated = models.DateTimeField()

    class Meta:
        ordering = ["-start"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")), name="session_start_before_end"
            ),
            models.CheckConstraint(
                condition=~Q(status=SessionStatus.COMPLETED) | Q(end__isnull=False),
                name="session_completed_has_an_end",
            ),
        ]
        indexes = [
            models.Index(fields=["driver", "-start"], name="session_of_driver"),
            models.Index(fields=["station", "-start"], name="session_of_station"),
        ]

    def __str__(self) -> str:
        return f"session {self.id}"
