"""Stations and operators that are suspended while people have paid for their slots."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from accounts.models import User
from accounts.services.operators import suspend_operator
from evbooking.core.relay import relay
from payments.models import OperatorAccount
from payments.selectors.payable import payable_of
from payments.tests.machine.world import World
from payments.tests.scenarios.living import (
    HOUR,
    NOTHING,
    account_of,
    books,
    differences,
    fresh,
    given_back,
    secured,
    settle,
    taken,
)
from stations.services.approval import suspend

pytestmark = pytest.mark.django_db(transaction=True)
NewWorld = Callable[..., World]


@pytest.fixture(params=["AUTHORISATION", "PREPAYMENT", "DEPOSIT"])
def world(request: pytest.FixtureRequest, new_world: NewWorld) -> World:
    """A booking in four hours, at whose end half would be kept by the terms, and one in ten days."""
    terms = {"deposit_amount": 2, "late_cancel_share": 50, "cancel_until_minutes": 24 * 60}
    made = new_world(security=request.param, **terms)
    secured(made)
    secured(made, hours=240)
    return made


def test_a_station_that_is_suspended_gives_all_money_back(world: World, administrator: User) -> None:
    suspend(world.station, actor=administrator, reason="Unsafe.")
    relay()
    world.wait(HOUR)
    settle(world)
    for booking in map(fresh, world.bookings):
        assert (booking.status, booking.canceled_by, booking.fee_amount) == ("CANCELED", "SYSTEM", NOTHING)
        assert (account_of(booking).state, booking.secured_amount) == ("SETTLED", NOTHING)
        assert taken(booking) == given_back(booking)
        assert books(booking).get("DRIVER_RECEIVABLE", 0) == 0
    assert world.reserved_at_stripe() == []
    assert differences(world) == []


def test_who_is_charging_while_it_is_suspended_pays_for_the_visit(
    world: World, administrator: User, ready_operator: OperatorAccount
) -> None:
    now, later = world.bookings
    world.wait(now.start - world.now)
    world.plug_in(fresh(now))
    suspend(world.station, actor=administrator, reason="Unsafe.")
    relay()
    world.wait(HOUR)
    world.leave(fresh(now))
    settle(world)
    assert [fresh(one).status for one in (now, later)] == ["COMPLETED", "CANCELED"]
    assert sum(taken(now)) - sum(given_back(now)) == Decimal("5.50")
    assert taken(later) == given_back(later)
    assert payable_of(ready_operator).available.amount == Decimal("5.22")
    assert differences(world) == []


def test_bookings_of_a_suspended_operator_stand_and_are_paid(
    world: World, administrator: User, ready_operator: OperatorAccount
) -> None:
    suspend_operator(world.station.operator, actor=administrator, reason="Papers are missing.")
    relay()
    booking = world.bookings[0]
    assert [fresh(one).status for one in world.bookings] == ["RESERVED", "RESERVED"]
    world.stay(booking)
    settle(world)
    assert sum(taken(booking)) == Decimal("5.50")
    assert (account_of(booking).state, payable_of(ready_operator).available.amount) == (
        "SETTLED",
        Decimal("5.22"),
    )
    assert differences(world) == []
