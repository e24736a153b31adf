"""Events of bookings by what they mean; their data are in event_types.json."""

from typing import Final

BOOKING_EVENTS: Final = (
    "booking.held",
    "booking.pending",
    "booking.reserved",
    "booking.rejected",
    "booking.failed",
    "booking.expired",
    "booking.canceled",
    "booking.rescheduled",
    "booking.fulfilled",
    "booking.completed",
    "booking.no_show",
    "booking.payment",
)
# after these a slot, or the rest of one, is free that was taken
FREEING_EVENTS: Final = (
    "booking.canceled",
    "booking.no_show",
    "booking.expired",
    "booking.failed",
    "booking.rejected",
    "booking.completed",
    "booking.rescheduled",
)
