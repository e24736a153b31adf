"""What the clock has already said about a booking, so that it says it once."""

from django.db import models

from bookings.models import Booking


class Prompt(models.Model):
    """One prompt of a booking for one start: a moved booking is prompted again, for its new time."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="+")
    type = models.CharField(max_length=40)
    start = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["booking", "type", "start"], name="prompt_once")]

    def __str__(self) -> str:
        return f"{self.type} of {self.booking_id}"
