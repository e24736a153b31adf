"""What a driver's browser and Stripe's webhooks would do: enter a card, and have what came of it read."""

from contextlib import suppress
from datetime import datetime
from typing import Final

import stripe

from bookings.models import Booking
from evbooking.demo.trips import USUAL
from payments.gateway import stripe_calls
from payments.services.cards import cards_of
from payments.services.checkout import start_checkout
from payments.services.disputes import sync_dispute
from payments.services.sync import sync_payment

_DISPUTED: Final = "0259"


def pay(booking: Booking, card: str, *, now: datetime) -> None:
    """Pay for a booking with a test card (pm_card_...); a declined one leaves the booking held.

    A usual card is entered once: later the driver chooses the saved one.
    """
    if card in USUAL and (saved := [one.id for one in cards_of(booking.driver) if one.last4 != _DISPUTED]):
        start_checkout(booking, payment_method=saved[-1], now=now)
        return
    started = start_checkout(booking, now=now)
    intent = str(started.payment.stripe_id)
    with stripe_calls() as client:
        intents = client.v1.setup_intents if started.kind == "setup_intent" else client.v1.payment_intents
        with suppress(stripe.CardError):  # the intent says so, too
            intents.confirm(intent, {"payment_method": card})
    sync_payment(started.payment, now=now)


def sync_disputes(now: datetime) -> None:
    """Have every dispute read that Stripe knows."""
    with stripe_calls() as client:
        found = [dispute.id for dispute in client.v1.disputes.list().auto_paging_iter()]
    for dispute in found:
        sync_dispute(dispute, now=now)
