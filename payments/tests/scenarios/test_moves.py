"""Bookings that move again and again, to dearer and to cheaper slots, and end: in each case the money is the bill."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from bookings.services.cancel import cancel
from evbooking.core.relay import relay
from payments.models import Payment
from payments.services.sweeping import sweep_holds, sweep_payments
from payments.tests.machine.world import World
from payments.tests.paying import VISA
from payments.tests.scenarios.living import (
    HOUR,
    account_of,
    differences,
    fresh,
    given_back,
    pay,
    secured,
    settle,
    sync,
    taken,
    wish,
)

pytestmark = pytest.mark.django_db(transaction=True)
NewWorld = Callable[..., World]
MINUTE = timedelta(minutes=1)


def euros(*amounts: str) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


def dearer(world: World, hours: int) -> None:
    """The booking gets so many hours, the difference paid as its security asks."""
    booking = world.bookings[0]
    assert wish(world, booking, hours=hours).replaces_id == booking.pk
    moved = pay(world, booking)
    assert (moved.status, moved.end - moved.start) == ("RESERVED", hours * HOUR)
    relay()


def settled(world: World) -> None:
    settle(world)
    assert account_of(world.bookings[0]).state == "SETTLED"
    assert differences(world) == []


SECURED = {
    "AUTHORISATION": euros("6.60", "13.20", "19.80", "19.80"),
    "PREPAYMENT": euros("5.50", "11.00", "16.50", "16.50"),
    "DEPOSIT": euros("2.00", "2.00", "2.00", "2.00"),
}


@pytest.fixture(params=SECURED)
def moved(request: pytest.FixtureRequest, new_world: NewWorld) -> World:
    """An hour, then two, then three, then half an hour; its world."""
    terms = {"deposit_amount": 2, "late_cancel_share": 50, "cancel_until_minutes": 60}
    world = new_world(security=request.param, **terms)
    booking = secured(world)
    amounts = [booking.secured_amount]
    for hours in (2, 3):
        dearer(world, hours)
        amounts.append(fresh(booking).secured_amount)
    start = fresh(booking).start
    world.move(fresh(booking), 30)
    relay()
    amounts.append(fresh(booking).secured_amount)
    assert fresh(booking).start == start + HOUR
    assert amounts == SECURED[request.param]
    assert differences(world) == []
    return world


def test_who_comes_pays_the_last_slot(moved: World) -> None:
    booking = fresh(moved.bookings[0])
    moved.stay(booking)
    settled(moved)
    assert sum(taken(booking)) - sum(given_back(booking)) == Decimal("2.75")
    assert fresh(booking).payment_status == "captured"


def test_who_cancels_in_time_pays_nothing(moved: World) -> None:
    booking = fresh(moved.bookings[0])
    cancel(booking, actor=moved.driver, now=moved.now)
    settled(moved)
    assert taken(booking) == given_back(booking)[::-1]
    assert moved.reserved_at_stripe() == []


def test_who_cancels_late_pays_half_of_the_last_slot(moved: World) -> None:
    booking = fresh(moved.bookings[0])
    moved.wait(booking.start - HOUR / 2 - moved.now)
    assert str(cancel(booking, actor=moved.driver, now=moved.now).fee) == "1.38 EUR"
    settled(moved)
    assert sum(taken(booking)) - sum(given_back(booking)) == Decimal("1.38")
    assert moved.reserved_at_stripe() == []


@pytest.mark.parametrize("security", ["AUTHORISATION", "PREPAYMENT"])
def test_of_two_dearer_wishes_only_the_last_is_paid(new_world: NewWorld, security: str) -> None:
    """The checkout of the first is open when another slot is wanted: it is closed at Stripe before the next begins."""
    world = new_world(security=security)
    booking = secured(world)
    first = wish(world, booking, hours=2)
    world.check_out(fresh(booking), saved=False)
    begun = world.checkouts[str(booking.reference)]
    wish(world, booking, hours=3)
    assert fresh(first).status == "EXPIRED"
    moved = pay(world, booking)
    assert moved.end - moved.start == 3 * HOUR
    assert sync(world, begun).status == "CANCELED"
    assert moved.secured_amount == (Decimal("19.80") if security == "AUTHORISATION" else Decimal("16.50"))
    world.stay(moved)
    settled(world)
    assert sum(taken(booking)) - sum(given_back(booking)) == Decimal("16.50")


@pytest.mark.parametrize("security", ["AUTHORISATION", "PREPAYMENT"])
def test_what_was_paid_for_a_wish_that_was_replaced_goes_back_at_once(
    new_world: NewWorld, security: str
) -> None:
    """The card is entered for two hours when three are wanted already, and nobody has told of the payment."""
    world = new_world(security=security)
    booking = secured(world)
    wish(world, booking, hours=2)
    world.check_out(fresh(booking), saved=False)
    begun = world.checkouts[str(booking.reference)]
    world.wait(MINUTE)
    wish(world, booking, hours=3)
    world.enter_card(booking, VISA, passes=True)
    late = sync(world, begun)
    assert (fresh(booking).end - fresh(booking).start, late.failure_code) == (HOUR, "slot_taken")
    assert given_back(booking) == ([] if security == "AUTHORISATION" else euros("5.50"))
    moved = pay(world, booking)
    assert moved.end - moved.start == 3 * HOUR
    world.stay(moved)
    settled(world)
    assert sum(taken(booking)) - sum(given_back(booking)) == Decimal("16.50")


def test_a_wish_that_nobody_pays_leaves_everything_as_it_was(new_world: NewWorld) -> None:
    world = new_world()
    booking = secured(world)
    kept = wish(world, booking, hours=2)
    world.check_out(fresh(booking), saved=False)
    world.wait(HOUR / 2)
    sweep_holds(world.now)
    sweep_payments(world.now)
    assert (fresh(kept).status, fresh(booking).end) == ("EXPIRED", booking.end)
    assert Payment.objects.get(purpose="RESCHEDULE").status == "CANCELED"
    world.stay(fresh(booking))
    settled(world)
    assert taken(booking) == euros("5.50")
