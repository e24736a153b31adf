"""A booking far away: its card is saved, asked two days before the start, and replaced in time or not."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
import stripe

from bookings.models import Booking
from bookings.services.reschedule import reschedule
from evbooking.core.relay import relay
from payments import tasks
from payments.models import Payment
from payments.tests.machine.world import World
from payments.tests.paying import ALWAYS_ASKS, DECLINED, SAVED_BUT_EMPTY, VISA
from payments.tests.scenarios.living import (
    DAY,
    HOUR,
    NOTHING,
    account_of,
    differences,
    fresh,
    pay,
    secured,
    taken,
    told,
)

pytestmark = pytest.mark.django_db(transaction=True)
NewWorld = Callable[..., World]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(new_world: NewWorld) -> World:
    return new_world()


def refused(world: World, card: str = SAVED_BUT_EMPTY) -> Booking:
    """A booking in ten days, two days before which its card gives nothing while its driver is away."""
    booking = secured(world, hours=240, card=card)
    assert (booking.payment_status, booking.secured_amount) == ("secured", NOTHING)
    world.wait(8 * DAY - HOUR)
    assert tasks.authorise_cards() == 0
    world.wait(HOUR)
    assert tasks.authorise_cards() == 1
    booking = fresh(booking)
    assert (booking.status, booking.payment_status) == ("RESERVED", "failed")
    assert differences(world) == []
    return booking


def over(world: World) -> None:
    """The clocks end what is to be ended; nothing is kept that no bill says."""
    world.run_clocks()
    world.check()
    assert differences(world) == []


@pytest.mark.parametrize("card", [SAVED_BUT_EMPTY, ALWAYS_ASKS])
def test_who_does_nothing_is_reminded_and_loses_the_slot_for_nothing(world: World, card: str) -> None:
    """Also where the bank wants to see its customer, who is not there."""
    booking = refused(world, card)
    asked = told("payment.action_required")
    assert [event["amount"] for event in asked] == ["6.60"]
    world.wait(17 * HOUR)
    assert tasks.authorise_cards() == 0
    world.wait(HOUR + MINUTE)
    assert tasks.authorise_cards() == 1
    assert len(told("payment.action_required")) == 2
    world.wait(6 * HOUR)
    assert tasks.authorise_cards() == 1
    booking = fresh(booking)
    assert (booking.status, booking.canceled_reason, booking.fee_amount) == (
        "CANCELED",
        "PAYMENT_FAILED",
        NOTHING,
    )
    assert (taken(booking), world.reserved_at_stripe()) == ([], [])
    over(world)


def test_a_card_that_is_replaced_in_the_grace_pays(world: World) -> None:
    """A second card is declined, a third one gives; nothing reminds them any more."""
    booking = refused(world)
    world.wait(23 * HOUR)
    world.check_out(booking, saved=False)
    with pytest.raises(stripe.CardError):
        world.enter_card(booking, DECLINED, passes=True)
    booking = pay(world, booking, VISA)
    assert (booking.payment_status, booking.secured_amount) == ("secured", Decimal("6.60"))
    assert account_of(booking).grace_until is None
    world.wait(2 * HOUR)
    assert tasks.authorise_cards() == 0
    world.stay(fresh(booking))
    over(world)
    assert (taken(booking), account_of(booking).state) == ([Decimal("5.50")], "SETTLED")


def test_a_card_entered_in_the_last_minute_counts_though_nobody_has_told_of_it(world: World) -> None:
    booking = refused(world)
    world.wait(DAY - MINUTE)
    world.check_out(booking, saved=False)
    world.enter_card(booking, VISA, passes=True)
    world.wait(2 * MINUTE)
    tasks.authorise_cards()
    booking = fresh(booking)
    assert (booking.status, booking.payment_status) == ("RESERVED", "secured")
    world.stay(booking)
    over(world)
    assert taken(booking) == [Decimal("5.50")]


def test_an_authorisation_that_lapses_before_a_later_slot_is_made_anew(world: World) -> None:
    """Booked for today, moved by twelve days: the bank lets go after seven, and the saved card stands for it."""
    booking = secured(world)
    start = booking.start + 12 * DAY
    reschedule(booking, start=start, end=start + HOUR, actor=world.driver, now=world.now)
    relay()
    world.wait(8 * DAY)
    world.run_clocks()
    assert [one.status for one in Payment.objects.all()] == ["CANCELED"]
    assert (fresh(booking).payment_status, account_of(booking).authorise_at) == ("secured", start - 2 * DAY)
    assert differences(world) == []
    world.wait(start - 2 * DAY - world.now)
    assert tasks.authorise_cards() == 1
    assert fresh(booking).secured_amount == Decimal("6.60")
    world.stay(fresh(booking))
    over(world)
    assert taken(booking) == [Decimal("5.50")]
