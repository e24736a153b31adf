"""What a move of a booking leaves behind, read back for comparison."""

from bookings.models import Booking, BookingTransition
from evbooking.core.models import AuditEntry, DomainEvent


def steps(booking: Booking) -> list[tuple[str, str]]:
    """The history as (from, to)."""
    return list(booking.transitions.order_by("id").values_list("from_status", "to_status"))


def events(booking: Booking) -> list[str]:
    """The types of the booking's events, in order."""
    found = DomainEvent.objects.filter(subject=f"booking:{booking.reference}").order_by("sequence")
    return list(found.values_list("type", flat=True))


def nothing_was_written() -> bool:
    """Whether no booking has a history, an audit entry or an event."""
    return not (
        BookingTransition.objects.exists()
        or AuditEntry.objects.filter(target_type="bookings.booking").exists()
        or DomainEvent.objects.exists()
    )
