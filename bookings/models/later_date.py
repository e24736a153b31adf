"""Dates of a series that its station does not take bookings for yet."""

from django.db import models
from django.db.models import Q

from bookings.models.series import Series


class LaterDate(models.Model):
    """A date beyond the horizon of the station's terms: booked at `occurrence` when it comes within.

    `most_amount` is what its driver agreed to at most. WAITING > BOOKED, then a Booking stands at its `occurrence`;
    or MISSED for the `problem` (a code of a hold's refusals), which is told once; or WITHDRAWN by its driver.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", "booked when bookable"
        BOOKED = "BOOKED", "booked"
        MISSED = "MISSED", "could not be booked"
        WITHDRAWN = "WITHDRAWN", "withdrawn"

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="later_dates", db_index=False)
    occurrence = models.DateTimeField(help_text="where the series puts it")
    most_amount = models.DecimalField(max_digits=12, decimal_places=3)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    problem = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["occurrence", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "occurrence"],
                condition=~Q(state="WITHDRAWN"),
                name="later_date_occurs_once",
            ),
            models.CheckConstraint(
                condition=Q(state="WAITING", ended_at__isnull=True)
                | ~Q(state="WAITING") & Q(ended_at__isnull=False),
                name="later_date_ends_once",
            ),
        ]
        indexes = [
            models.Index(fields=["occurrence"], name="later_date_waiting", condition=Q(state="WAITING"))
        ]

    def __str__(self) -> str:
        return f"{self.occurrence:%Y-%m-%d %H:%M} of {self.series_id}"
