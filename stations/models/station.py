"""Station: OCPI's Location, the place a driver goes to."""

import uuid
from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.models import Operator
from accounts.models.user import validate_time_zone
from evbooking.core.ocpi import Facility, ParkingType


def always_open() -> dict[str, bool]:
    """OCPI Hours of a site that never closes."""
    return {"twentyfourseven": True}


class StationQuerySet(models.QuerySet["Station"]):
    def public(self) -> "StationQuerySet":
        """Stations everyone may see: approved, their operator active."""
        return self.filter(approval=Station.Approval.APPROVED, operator__status=Operator.Status.ACTIVE)

    def of_operators(self, operator_ids: Iterable[uuid.UUID]) -> "StationQuerySet":
        """Stations of these operators, whatever their approval."""
        return self.filter(operator__in=operator_ids)


class Station(models.Model):
    """A place with EVSEs (OCPI Location). Only APPROVED ones are public and bookable."""

    class Approval(models.TextChoices):
        DRAFT = "DRAFT", "draft"
        SUBMITTED = "SUBMITTED", "submitted"
        APPROVED = "APPROVED", "approved"
        REJECTED = "REJECTED", "rejected"
        SUSPENDED = "SUSPENDED", "suspended"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=140, unique=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="stations")
    source_id = models.CharField(
        max_length=64, null=True, blank=True, help_text="the importer's own id of this place"
    )
    assumed = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        help_text="fields the importer had to assume",
    )
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True, max_length=2000)
    address = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=80)
    postal_code = models.CharField(max_length=12, blank=True)
    country = models.CharField(max_length=3, help_text="ISO 3166-1 alpha-3")
    latitude = models.FloatField(validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField(validators=[MinValueValidator(-180), MaxValueValidator(180)])
    time_zone = models.CharField(max_length=64, validators=[validate_time_zone])
    opening_times = models.JSONField(default=always_open, help_text="OCPI Hours, in the site's zone")
    facilities = ArrayField(models.CharField(max_length=20, choices=Facility), default=list, blank=True)
    parking_type = models.CharField(max_length=20, choices=ParkingType, blank=True)
    tariff = models.ForeignKey(
        "Tariff", on_delete=models.PROTECT, null=True, blank=True, related_name="stations"
    )
    approval = models.CharField(max_length=10, choices=Approval, default=Approval.DRAFT)
    created_at = models.DateTimeField(auto_now_add=True)
    last_updated = models.DateTimeField(auto_now=True)
    revision = models.BigIntegerField(
        db_default=1, editable=False, help_text="rises with every change, by trigger"
    )

    objects = StationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "source_id"], name="station_source_id_once_per_operator"
            ),
            models.CheckConstraint(
                condition=Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="station_on_earth",
            ),
        ]
        indexes = [
            models.Index(
                fields=["latitude", "longitude"],
                name="station_place",
                condition=Q(approval="APPROVED"),
                include=["id"],
            ),
            models.Index(fields=["approval", "last_updated"], name="station_approval"),
        ]

    def __str__(self) -> str:
        return self.name
