"""The part of the seeded world that Stripe knows: a payee, a hold to be paid, and a saved card, at a sandbox."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bookings.models import Booking
from evbooking.core.ocpi import ReservationStatus
from payments.models import Customer, OperatorAccount
from payments.sandbox.tests.running import Running
from payments.services.operator_accounts import operator_account
from tests import factories
from tests.world import NOW, World


@dataclass(frozen=True)
class Stripe:
    """The sandbox of a process, with a finished connected account and a customer that every world takes over."""

    running: Running
    payee: str
    customer: str


def prepare(running: Running) -> Stripe:
    client = running.client()
    wanted: Any = {"transfers": {"requested": True}, "card_payments": {"requested": True}}
    account = client.v1.accounts.create({"country": "DE", "capabilities": wanted})
    running.control(f"accounts/{account.id}/onboard")
    return Stripe(running, account.id, client.v1.customers.create({}).id)


def add_paying(world: World, stripe: Stripe) -> None:
    """Ids `unpaid` (a hold of the driver's, paid online), `unpaid_series` and `card` (saved, to be removed once)."""
    driver = world.people["driver"]
    station = factories.make_station(terms={"payment": "ONLINE"}, name="Online", slug="online")
    payee: OperatorAccount = operator_account(station.operator, now=NOW)
    payee.stripe_id, payee.charges_enabled = stripe.payee, True
    payee.save()
    booking = factories.make_booking(
        station.evses.get(),
        driver,
        start=NOW + timedelta(hours=9),
        status=ReservationStatus.HELD,
        now=NOW,
        payment_status=Booking.PaymentStatus.REQUIRED,
    )
    unpaid = factories.make_series(
        station.evses.get(),
        driver,
        first=NOW + timedelta(days=2),
        now=NOW,
        status=ReservationStatus.HELD,
        payment_status=Booking.PaymentStatus.REQUIRED,
    )
    Customer.objects.create(driver=driver, stripe_id=stripe.customer, created_at=NOW)
    methods = stripe.running.client().v1.payment_methods
    card = methods.attach("pm_card_visa", {"customer": stripe.customer})
    world.ids.update(unpaid=str(booking.reference), unpaid_series=str(unpaid.pk), card=card.id)
