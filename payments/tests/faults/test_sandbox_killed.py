"""Stripe's stand-in dies with our request done and its answer unsaid, and comes back: nothing is done twice or lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from bookings.models import Booking
from payments.errors import PaymentProviderUnavailable
from payments.models import BookingAccount, Customer, Payment
from payments.services.settling import settle_due
from payments.services.sync import sync_payment
from payments.tests.faults.mortal import Mortal
from payments.tests.machine.world import World
from payments.tests.paying import VISA
from payments.tests.settling.test_interrupted import wait_until_met

pytestmark = pytest.mark.django_db(transaction=True)
NewWorld = Callable[..., World]


def killed_after(mortal: Mortal, request: str, act: Callable[[], object]) -> BaseException | None:
    """Do it while the process dies between the work of this request and its answer; what was raised."""
    mortal.running.control("faults", target="api", kind="hang", seconds=600, when="after", match=request)

    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        begun = thread.submit(run)
        wait_until_met(mortal.running)
        mortal.kill()
        return begun.exception(timeout=60)


def intents_of(mortal: Mortal) -> list[str]:
    return [intent.id for intent in mortal.running.client().v1.payment_intents.list().data]


def held(world: World) -> Booking:
    world.hold(4)
    return world.bookings[0]


def test_an_intent_that_nobody_heard_of_is_found_by_the_next_request(
    mortal: Mortal, new_world: NewWorld
) -> None:
    world = new_world()
    booking = held(world)
    error = killed_after(mortal, "POST /v1/payment_intents", lambda: world.check_out(booking, saved=False))
    assert isinstance(error, PaymentProviderUnavailable)
    booking.refresh_from_db()
    assert (booking.status, booking.payment_status) == ("HELD", "required")
    assert Payment.objects.get().stripe_id is None
    mortal.revive()
    made = intents_of(mortal)
    world.check_out(booking, saved=False)
    assert intents_of(mortal) == made == [Payment.objects.get().stripe_id]
    world.enter_card(booking, VISA, passes=True)
    world.run_clocks()
    booking.refresh_from_db()
    assert (booking.status, booking.payment_status) == ("RESERVED", "secured")
    world.stay(booking)
    world.run_clocks()
    assert world.check() == ["COMPLETED captured"]


def test_an_intent_that_nobody_asks_for_again_takes_nothing(mortal: Mortal, new_world: NewWorld) -> None:
    world = new_world()
    booking = held(world)
    killed_after(mortal, "POST /v1/payment_intents", lambda: world.check_out(booking, saved=False))
    mortal.revive()
    world.wait(timedelta(minutes=11))
    world.run_clocks()
    assert Payment.objects.get().status == "CANCELED"
    assert world.check() == ["EXPIRED none"]


def test_a_card_charged_unheard_is_found_by_the_sweeper(mortal: Mortal, new_world: NewWorld) -> None:
    """With a saved card the charge is our own request, so that no browser knows of it either."""
    world = new_world(security="PREPAYMENT")
    booking = held(world)
    world.check_out(booking, saved=False)
    customer = str(Customer.objects.get().stripe_id)
    mortal.running.client().v1.payment_methods.attach(VISA, {"customer": customer})
    error = killed_after(mortal, "/confirm", lambda: world.check_out(booking, saved=True))
    assert isinstance(error, PaymentProviderUnavailable)
    booking.refresh_from_db()
    assert (booking.status, booking.payment_status) == ("HELD", "processing")
    mortal.revive()
    world.run_clocks()
    booking.refresh_from_db()
    assert (booking.status, booking.payment_status) == ("RESERVED", "captured")
    world.stay(booking)
    world.run_clocks()
    assert world.check() == ["COMPLETED captured"]


def test_a_capture_unheard_is_not_made_again(mortal: Mortal, new_world: NewWorld) -> None:
    world = new_world()
    booking = held(world)
    world.check_out(booking, saved=False)
    world.enter_card(booking, VISA, passes=True)
    sync_payment(Payment.objects.get(), now=world.now)
    world.stay(booking)
    assert killed_after(mortal, "/capture", lambda: settle_due(world.now)) is None
    waiting = BookingAccount.objects.get()
    assert (waiting.state, waiting.attempts) == ("DUE", 1)
    assert Payment.objects.get().status == "AUTHORISED"
    mortal.revive()
    world.run_clocks()
    assert world.check() == ["COMPLETED captured"]
