"""A booking's money on pages of other apps: {% booking_money booking %}."""

from typing import Any

from django import template

from bookings.models import Booking
from payments.presentation.booking_money import money_of_booking

register = template.Library()


@register.inclusion_tag("payments/_booking.html")
def booking_money(booking: Booking) -> dict[str, Any]:
    """The section "Payment"; nothing, and no query, for a booking that is paid at the charger."""
    online = booking.payment_status != Booking.PaymentStatus.NONE or booking.terms["payment"] == "ONLINE"
    return {"booking": booking, "money": money_of_booking(booking) if online else None}
