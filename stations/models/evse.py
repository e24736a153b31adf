"""EVSEs, their connectors and parking places."""

import uuid
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from evbooking.core.ocpi import ConnectorFormat, ConnectorType, PowerType, Status, VehicleType
from stations.models.station import Station

PHASES = {PowerType.AC_1_PHASE: 1, PowerType.AC_3_PHASE: 3, PowerType.DC: 1}


class ParkingPlace(models.Model):
    """A bay of the station; an EVSE names the bays it serves. Sizes in cm."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="parking_places")
    physical_reference = models.CharField(max_length=12, blank=True)
    vehicle_types = ArrayField(models.CharField(max_length=32, choices=VehicleType), default=list, blank=True)
    max_vehicle_height = models.PositiveIntegerField(null=True, blank=True)
    max_vehicle_length = models.PositiveIntegerField(null=True, blank=True)
    max_vehicle_width = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["physical_reference"]

    def __str__(self) -> str:
        return self.physical_reference or str(self.id)

    @property
    def is_disabled_bay(self) -> bool:
        return VehicleType.DISABLED in self.vehicle_types


class EVSEQuerySet(models.QuerySet["EVSE"]):
    def present(self) -> "EVSEQuerySet":
        return self.filter(removed_at=None)

    def bookable(self) -> "EVSEQuerySet":
        """EVSEs that may be offered: present, not kept for walk-ins, no cause inhibits them."""
        return self.filter(removed_at=None, walk_in_only=False, inhibits=[])


class EVSE(models.Model):
    """Serves one vehicle at a time: this is what a booking occupies.

    `inhibits` is the set of causes that keep it out of service; its shown status is derived
    (bookings.selectors) from them, the charger's own report and the bookings.
    """

    class Inhibit(models.TextChoices):
        OPERATOR = "operator", "taken out by the operator"
        FAULT = "fault", "fault"
        WEATHER = "weather", "weather"
        MAINTENANCE = "maintenance", "maintenance"
        OFFLINE = "offline", "offline"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="evses")
    uid = models.CharField(
        max_length=36, unique=True, help_text="unique in the whole installation, never reused"
    )
    evse_id = models.CharField(max_length=48, blank=True, help_text="eMI3 id, e.g. DE*EVB*E1001")
    physical_reference = models.CharField(max_length=16, blank=True)
    floor_level = models.CharField(max_length=4, blank=True)
    walk_in_only = models.BooleanField(default=False)
    inhibits = ArrayField(models.CharField(max_length=12, choices=Inhibit), default=list, blank=True)
    reported_status = models.CharField(
        max_length=12, choices=Status, blank=True, help_text="the charger's own word"
    )
    reported_at = models.DateTimeField(null=True, blank=True)
    status_since = models.DateTimeField(null=True, blank=True)
    shown_status = models.CharField(
        max_length=12,
        choices=Status,
        blank=True,
        editable=False,
        help_text="the shown status last told to watchers",
    )
    parking_places = models.ManyToManyField(ParkingPlace, blank=True, related_name="evses")
    removed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_updated = models.DateTimeField(auto_now=True)

    objects = EVSEQuerySet.as_manager()

    class Meta:
        ordering = ["physical_reference", "uid"]
        verbose_name = "EVSE"

    def __str__(self) -> str:
        return self.uid


class Connector(models.Model):
    """A plug or socket of an EVSE; only one of them is usable at once."""

    evse = models.ForeignKey(EVSE, on_delete=models.CASCADE, related_name="connectors")
    connector_id = models.CharField(max_length=36, help_text="unique in its EVSE")
    standard = models.CharField(max_length=24, choices=ConnectorType)
    format = models.CharField(max_length=6, choices=ConnectorFormat, default=ConnectorFormat.SOCKET)
    power_type = models.CharField(max_length=10, choices=PowerType)
    max_voltage = models.PositiveIntegerField(
        help_text="V, line to neutral for AC", validators=[MinValueValidator(1)]
    )
    max_amperage = models.PositiveIntegerField(help_text="A", validators=[MinValueValidator(1)])
    max_electric_power = models.PositiveIntegerField(help_text="W", validators=[MinValueValidator(1)])
    last_updated = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["connector_id"]
        constraints = [
            models.UniqueConstraint(fields=["evse", "connector_id"], name="connector_id_once_per_evse"),
            models.CheckConstraint(condition=Q(max_electric_power__gt=0), name="connector_has_power"),
        ]

    def __str__(self) -> str:
        return f"{self.get_standard_display()} {self.power_kw.normalize():f} kW"

    @property
    def power_kw(self) -> Decimal:
        return Decimal(self.max_electric_power) / 1000

    @property
    def is_dc(self) -> bool:
        return self.power_type == PowerType.DC
