"""Tariffs: versions are immutable, because bookings are priced and billed by the version they accepted."""

import uuid

from django.conf import settings
from django.db import models

from accounts.models import Operator


class Tariff(models.Model):
    """A named tariff of an operator; its price is that of `current`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="tariffs")
    name = models.CharField(max_length=80)
    source_id = models.CharField(max_length=64, null=True, blank=True)
    current = models.ForeignKey("TariffVersion", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    last_updated = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "source_id"], name="tariff_source_id_once_per_operator"
            )
        ]

    def __str__(self) -> str:
        return self.name


class TariffVersion(models.Model):
    """One immutable version: `document` is the OCPI Tariff object with our idle_grace_minutes and idle_cap.

    A trigger refuses UPDATE; a change of price is a new version with the next number.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tariff = models.ForeignKey(Tariff, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["tariff", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["tariff", "number"], name="tariff_version_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.tariff_id} v{self.number}"
