"""Links that act without signing in: a signature says which offer of the waiting list they are about."""

from typing import Final
from uuid import UUID

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
