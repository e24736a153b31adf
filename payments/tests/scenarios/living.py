"""What the scenarios ask of a world: a booking secured, a card that is empty by now, and what the books say."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from bookings.models import Booking
from bookings.services.reschedule import reschedule
from evbooking.core.models import DomainEvent
from evbooking.core.relay import relay
from payments.ledger.checking import check_ledger
from payments.models import BookingAccount, Customer, LedgerEntry, Payment, Refund
from payments.services.checkout import Checkout
from payments.services.settling import settle_due
from payments.services.sync import sync_payment
from payments.tests.machine.world import World
from payments.tests.paying import SAVED_BUT_EMPTY, VISA

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOTHING = Decimal(0)


def secured(world: World, *, hours: int = 4, card: str = VISA) -> Booking:
    """A booking of an hour, its card entered and answered for."""
    world.hold(hours)
    return pay(world, world.bookings[-1], card)


def pay(world: World, booking: Booking, card: str = VISA) -> Booking:
    """Check out as the page asks, enter the card, and hear of it; the booking as it is then."""
    world.check_out(fresh(booking), saved=False)
    checkout = world.checkouts[str(booking.reference)]
    world.enter_card(booking, card, passes=True)
    sync(world, checkout)
    return fresh(booking)


def settle(world: World) -> None:
    """Relay and settle in turn, until nothing follows from anything any more."""
    while relay() + settle_due(world.now):
        pass


def sync(world: World, checkout: Checkout) -> Payment:
    return sync_payment(Payment.objects.get(pk=checkout.payment.pk), now=world.now)


def fresh(booking: Booking) -> Booking:
    return Booking.objects.get(pk=booking.pk)


def wish(world: World, booking: Booking, *, hours: int, later: int = 0) -> Booking:
    """Ask for so many hours from its start, or from so many hours later; the booking, or what keeps the dearer slot."""
    start = fresh(booking).start + later * HOUR
    return reschedule(
        fresh(booking), start=start, end=start + hours * HOUR, actor=world.driver, now=world.now
    )


def empty_the_card(world: World, booking: Booking) -> None:
    """From now on the card that is saved for the booking refuses each charge."""
    customer = str(Customer.objects.get(driver=world.driver).stripe_id)
    attached = world.running.client().v1.payment_methods.attach(SAVED_BUT_EMPTY, {"customer": customer})
    BookingAccount.objects.filter(booking=booking).update(payment_method=attached.id)


def account_of(booking: Booking) -> BookingAccount:
    return BookingAccount.objects.get(booking=booking)


def taken(booking: Booking) -> list[Decimal]:
    """What each payment took, the oldest first; those that took nothing left out."""
    payments = Payment.objects.filter(account=booking.pk, captured_amount__gt=0)
    return list(payments.order_by("created_at").values_list("captured_amount", flat=True))


def given_back(booking: Booking) -> list[Decimal]:
    refunds = Refund.objects.filter(payment__account=booking.pk, status="SUCCEEDED")
    return list(refunds.order_by("created_at").values_list("amount", flat=True))


def books(booking: Booking) -> dict[str, Decimal]:
    """The balances of the booking that are not zero; debit positive."""
    entries = LedgerEntry.objects.filter(transaction__booking_reference=booking.reference)
    sums = entries.values_list("account").annotate(sum=Sum("amount")).order_by()
    return {name: amount.quantize(Decimal("0.01")) for name, amount in sums if amount}


def told(type_: str) -> list[dict[str, Any]]:
    return [event.data for event in DomainEvent.objects.filter(type=type_).order_by("id")]


def differences(world: World) -> list[str]:
    """What the check of the books finds, when all that is asynchronous has had its time."""
    return [str(one) for one in check_ledger(world.now + HOUR)]
