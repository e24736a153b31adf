"""Links that act without signing in: signed ones to an offer of the waiting list, secret ones to a calendar."""

from typing import Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from bookings.models import Booking

_SALT: Final = "bookings.waitlist-offer"


def offer_path(offer: Booking) -> str:
    """The path of the page on which an offer is answered; for whoever has the link, as long as the offer stands."""
    return reverse("bookings:waitlist-offer", args=[signing.dumps(str(offer.pk), salt=_SALT)])


def read_offer(signed: str) -> UUID | None:
    """The offer's booking of a token of ours, else None."""
    try:
        return UUID(signing.loads(signed, salt=_SALT))
    except signing.BadSignature:
        return None


def feed_address(token: str) -> str:
    """Where the private calendar of this token is, for programs outside."""
    return f"{settings.PUBLIC_URL}{reverse('calendar', args=[token])}"
