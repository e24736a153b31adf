"""What the pages of a checkout ask of the rows."""

from bookings.models import Booking
from payments.models import Payment
from payments.selectors.series import asked_for


def latest_payment(booking: Booking) -> Payment | None:
    """The payment the driver was last asked for; not what was charged to a saved card without them."""
    payments = Payment.objects.filter(asked_for(booking))
    return payments.select_related("account").order_by("-created_at").first()
