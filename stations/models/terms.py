"""Booking terms of a station (OCPI Bookings, BookingTerms, and ours beside them)."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

INCREMENTS = (5, 10, 15, 20, 30, 60)


class BookingTerms(models.Model):
    """The rules a driver accepts with a booking; a snapshot of them is stored on each booking.

    All durations are whole minutes; shares are percent of the price; the fee and the deposit are in the tariff's
    currency.
    """

    class Payment(models.TextChoices):
        ON_SITE = "ON_SITE", "on site"
        ONLINE = "ONLINE", "online"

    class Security(models.TextChoices):
        """What a booking paid online is secured by."""

        AUTHORISATION = "AUTHORISATION", "the estimate is authorised, what was used is taken"
        PREPAYMENT = "PREPAYMENT", "the price is taken at once"
        DEPOSIT = "DEPOSIT", "a deposit is taken at once"

    station = models.OneToOneField(
        "Station", on_delete=models.CASCADE, primary_key=True, related_name="terms"
    )
    timeslot_increment_minutes = models.PositiveSmallIntegerField(
        default=15, choices=[(i, i) for i in INCREMENTS]
    )
    min_booking_duration = models.PositiveSmallIntegerField(default=15, validators=[MinValueValidator(5)])
    max_booking_duration = models.PositiveSmallIntegerField(default=480, validators=[MaxValueValidator(2880)])
    booking_horizon_minutes = models.PositiveIntegerField(default=30 * 24 * 60)
    buffer_minutes = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(240)])
    change_until_minutes = models.PositiveIntegerField(default=30, help_text="before the start")
    cancel_until_minutes = models.PositiveIntegerField(default=60, help_text="free of charge until then")
    late_cancel_allowed = models.BooleanField(default=True)
    late_cancel_share = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(100)])
    early_start_time = models.PositiveSmallIntegerField(default=10)
    noshow_timeout = models.PositiveSmallIntegerField(default=15)
    noshow_fee_amount = models.DecimalField(
        max_digits=9, decimal_places=3, default=0, validators=[MinValueValidator(0)]
    )
    late_stop_time = models.PositiveSmallIntegerField(default=5)
    payment = models.CharField(max_length=8, choices=Payment, default=Payment.ON_SITE)
    security = models.CharField(max_length=13, choices=Security, default=Security.AUTHORISATION)
    deposit_amount = models.DecimalField(
        max_digits=9, decimal_places=3, default=Decimal(0), validators=[MinValueValidator(0)]
    )
    estimate_buffer_share = models.PositiveSmallIntegerField(
        default=20, validators=[MaxValueValidator(100)], help_text="authorised on top of the price"
    )
    approval_required = models.BooleanField(default=False, help_text="the operator answers each booking")
    answer_within_minutes = models.PositiveIntegerField(default=120)
    max_open_bookings_per_driver = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1)]
    )
    last_updated = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(timeslot_increment_minutes__in=INCREMENTS),
                name="terms_increment_divides_the_hour",
            ),
            models.CheckConstraint(
                condition=Q(
                    min_booking_duration__gt=0, max_booking_duration__gte=models.F("min_booking_duration")
                ),
                name="terms_duration_range",
            ),
            models.CheckConstraint(
                condition=~Q(security="DEPOSIT") | Q(deposit_amount__gt=0), name="terms_deposit_has_an_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"terms of {self.station_id}"
