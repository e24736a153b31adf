"""Vehicles of drivers, and the list of common cars to choose from."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from evbooking.core.ocpi import ConnectorType


class VehicleTraits(models.Model):
    """What a car needs of a charger: battery in kWh, its own limits in kW, the standards it takes."""

    make = models.CharField(max_length=60)
    model = models.CharField(max_length=80)
    battery_kwh = models.DecimalField(max_digits=5, decimal_places=1, validators=[MinValueValidator(1)])
    max_ac_kw = models.DecimalField(max_digits=5, decimal_places=1, validators=[MinValueValidator(0)])
    max_dc_kw = models.DecimalField(max_digits=6, decimal_places=1, validators=[MinValueValidator(0)])
    connectors = ArrayField(models.CharField(max_length=24, choices=ConnectorType))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.make} {self.model}"

    @property
    def connector_labels(self) -> list[str]:
        """The connectors by the names people use: CCS2."""
        return [str(ConnectorType(standard).label) for standard in self.connectors]


class VehicleModel(VehicleTraits):
    """A common car to choose from; choosing copies its figures to the driver's Vehicle."""

    class Meta:
        ordering = ["make", "model"]
        constraints = [models.UniqueConstraint(fields=["make", "model"], name="vehicle_model_once")]


class Vehicle(VehicleTraits):
    """A driver's car. Removed ones stay, because bookings name them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    driver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="vehicles")
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_updated = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(battery_kwh__gt=0, battery_kwh__lte=2000),
                name="vehicle_battery_kwh_positive",
                violation_error_message="The battery holds more than 0 and at most 2000 kWh.",
            ),
            models.CheckConstraint(
                condition=Q(max_ac_kw__gt=0) | Q(max_dc_kw__gt=0),
                name="vehicle_can_charge",
                violation_error_message="The car must charge from AC or from DC.",
            ),
        ]
