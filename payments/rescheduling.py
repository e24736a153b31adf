"""Listens to bookings that move."""

from bookings.models import Booking
from evbooking.core.events import subscribe
from evbooking.core.models import DomainEvent
from payments.services.replanning import replan


@subscribe("booking.rescheduled", handler="payments.rescheduling")
def replan_payment(event: DomainEvent) -> None:
    """Secure the booking at its new time and price."""
    booking = Booking.objects.filter(pk=event.data["booking_id"]).first()
    if booking is not None:
        replan(booking, now=event.occurred_at)
