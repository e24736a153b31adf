"""What the read side learns from bookings: which recommendations were followed."""

from bookings.models import Booking
from bookings.services.recommend import mark_taken
from evbooking.core.events import subscribe
from evbooking.core.models import DomainEvent


@subscribe("booking.held", handler="bookings.recommendation")
def note_followed_recommendation(event: DomainEvent) -> None:
    """A hold may follow a recommendation; whether it is confirmed later is told by the booking itself."""
    mark_taken(Booking.objects.get(pk=event.data["booking_id"]), now=event.occurred_at)
