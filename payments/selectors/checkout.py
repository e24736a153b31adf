"""What the pages of a checkout ask of the rows."""

from bookings.models import Booking
from payments.models import Payment


def latest_payment(booking: Booking) -> Payment | None:
    """The payment the driver was last asked for; not what was charged to a saved card without them."""
    asked = (Payment.Purpose.CHECKOUT, Payment.Purpose.RESCHEDULE)
    payments = Payment.objects.filter(account__booking=booking, purpose__in=asked)
    return payments.select_related("account").order_by("-created_at").first()
