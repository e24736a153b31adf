"""The booking row: a hold, a promise, a visit, one and the same row through its states."""

import uuid

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, GeneratedField, Q
from django.db.models.functions import Coalesce

from accounts.models import Vehicle
from bookings.models.series import Series
from bookings.models.waitlist import WaitlistEntry
from evbooking.core.ocpi import CanceledReason, ConnectorType, ReservationStatus
from stations.models import EVSE, Station, TariffVersion

BLOCKING = (
    ReservationStatus.HELD,
    ReservationStatus.PENDING,
    ReservationStatus.RESERVED,
    ReservationStatus.FULFILLED,
)
BILLED = (ReservationStatus.COMPLETED, ReservationStatus.NO_SHOW, ReservationStatus.CANCELED)


class Booking(models.Model):
    """A slot of one EVSE, [start, end), kept free until `blocked_until` = end + the terms' buffer.

    `blocked` is computed by the database from start and blocked_until, and the exclusion constraint
    `booking_no_overlap` works on it, so that no path, not even a SQL prompt, books an EVSE twice.

    A row that `replaces` another keeps a slot to which that booking is about to move (services.replacing): it has
    no reference and is no booking of its own. The two may overlap, for they are for one car.

    A row with an `origin` was offered to somebody on the waiting list; while it is HELD and the entry OFFERED, it is
    the offer (services.waitlist).

    A row of a `series` is one of its occurrences; the series puts it at `occurrence`, and it may have been moved since.
    """

    class PaymentStatus(models.TextChoices):
        NONE = "none", "nothing to pay now"
        REQUIRED = "required", "payment required"
        PROCESSING = "processing", "payment under way"
        SECURED = "secured", "payment secured"
        CAPTURED = "captured", "paid"
        FAILED = "failed", "payment failed"
        REFUNDED = "refunded", "refunded"

    class CanceledBy(models.TextChoices):
        DRIVER = "DRIVER", "driver"
        OPERATOR = "OPERATOR", "operator"
        SYSTEM = "SYSTEM", "system"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=8, unique=True, null=True, editable=False)
    driver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bookings", db_index=False
    )
    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.PROTECT, null=True, blank=True, related_name="bookings", db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="bookings", db_index=False)
    evse = models.ForeignKey(EVSE, on_delete=models.PROTECT, related_name="bookings", db_index=False)
    connector = models.CharField(max_length=24, choices=ConnectorType)
    start = models.DateTimeField()
    end = models.DateTimeField()
    blocked_until = models.DateTimeField()
    blocked = GeneratedField(
        expression=Func(F("start"), F("blocked_until"), function="tstzrange"),
        output_field=DateTimeRangeField(),
        db_persist=True,
    )
    energy_kwh = models.DecimalField(max_digits=7, decimal_places=2)
    power_kw = models.DecimalField(max_digits=7, decimal_places=2)
    status = models.CharField(max_length=10, choices=ReservationStatus, default=ReservationStatus.HELD)
    hold_expires_at = models.DateTimeField(null=True, blank=True)
    answer_by = models.DateTimeField(null=True, blank=True)
    payment_status = models.CharField(max_length=10, choices=PaymentStatus, default=PaymentStatus.NONE)
    secured_amount = models.DecimalField(
        max_digits=12,
        decimal_places=3,
        default=0,
        db_default=0,
        help_text="authorised or taken, and not given back",
    )
    quote = models.JSONField(help_text="price lines and total at the time of acceptance")
    total_amount = models.DecimalField(max_digits=12, decimal_places=3)
    currency = models.CharField(max_length=3)
    terms = models.JSONField(help_text="snapshot of the accepted booking terms")
    tariff_version = models.ForeignKey(
        TariffVersion, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    canceled_by = models.CharField(max_length=8, choices=CanceledBy, blank=True)
    canceled_reason = models.CharField(max_length=16, choices=CanceledReason, blank=True)
    fee_amount = models.DecimalField(
        max_digits=12, decimal_places=3, default=0, help_text="late cancel or no-show fee"
    )
    arrived_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    replaces = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="replacements", db_index=False
    )
    origin = models.ForeignKey(
        WaitlistEntry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="offers",
        db_index=False,
    )
    series = models.ForeignKey(
        Series, on_delete=models.PROTECT, null=True, blank=True, related_name="bookings", db_index=False
    )
    occurrence = models.DateTimeField(null=True, blank=True, help_text="where the series puts it")
    created_at = models.DateTimeField()
    last_updated = models.DateTimeField()

    class Meta:
        ordering = ["-start"]
        constraints = [
            ExclusionConstraint(
                name="booking_no_overlap",
                expressions=[
                    ("evse", RangeOperators.EQUAL),
                    ("blocked", RangeOperators.OVERLAPS),
                    (Coalesce("replaces", "id"), RangeOperators.NOT_EQUAL),
                ],
                condition=Q(status__in=BLOCKING),
                violation_error_code="slot_taken",
                violation_error_message="Someone took this slot a moment ago.",
            ),
            models.CheckConstraint(
                condition=Q(start__lt=F("end")) & Q(end__lte=F("blocked_until")),
                name="booking_start_before_end",
            ),
            models.CheckConstraint(
                condition=~Q(status=ReservationStatus.HELD) | Q(hold_expires_at__isnull=False),
                name="booking_held_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True, reference__isnull=False)
                | Q(replaces__isnull=False, reference__isnull=True),
                name="booking_of_its_own_has_a_reference",
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=Q(status=ReservationStatus.HELD, replaces__isnull=False),
                name="booking_replaced_by_one",
            ),
            models.UniqueConstraint(
                fields=["origin"],
                condition=Q(status=ReservationStatus.HELD, origin__isnull=False),
                name="booking_offered_once",
            ),
            models.UniqueConstraint(
                fields=["series", "occurrence"],
                condition=Q(status__in=BLOCKING, series__isnull=False),
                name="booking_occurs_once",
            ),
            models.CheckConstraint(
                condition=Q(series__isnull=True, occurrence__isnull=True)
                | Q(series__isnull=False, occurrence__isnull=False, replaces__isnull=True),
                name="booking_of_a_series_occurs",
            ),
        ]
        indexes = [
            models.Index(
                fields=["evse", "start", "blocked_until"],
                name="booking_busy",
                condition=Q(status__in=BLOCKING),
            ),
            models.Index(fields=["driver", "-start"], name="booking_of_driver"),
            models.Index(fields=["driver"], name="booking_open_of_driver", condition=Q(status__in=BLOCKING)),
            models.Index(fields=["station", "start"], name="booking_of_station"),
            models.Index(fields=["-start", "id"], name="booking_newest"),
            models.Index(
                fields=["hold_expires_at"], name="booking_held", condition=Q(status=ReservationStatus.HELD)
            ),
            models.Index(fields=["origin"], name="booking_origin", condition=Q(origin__isnull=False)),
            models.Index(
                fields=["series", "occurrence"],
                name="booking_of_series",
                condition=Q(series__isnull=False),
            ),
            models.Index(fields=["replaces"], name="booking_replaces", condition=Q(replaces__isnull=False)),
            models.Index(
                fields=["status", "start"],
                name="booking_open",
                condition=Q(status__in=BLOCKING),
                include=["end"],
            ),
        ]

    def __str__(self) -> str:
        return self.reference or f"replacement {self.id}"


class BookingTransition(models.Model):
    """One step of a booking's history: who, when, why. A move (reschedule) has from = to and says from where."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="transitions")
    at = models.DateTimeField()
    from_status = models.CharField(max_length=10, choices=ReservationStatus, blank=True)
    to_status = models.CharField(max_length=10, choices=ReservationStatus)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.from_status or 'new'} > {self.to_status}"
