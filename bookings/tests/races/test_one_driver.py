"""Fifty requests of one driver at fifty stations never make more bookings than one driver may have."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings

from bookings.models import Booking
from bookings.services import hold
from bookings.tests.races.conftest import World
from bookings.tests.races.crowd import CROWD, DAMAGE_ROUNDS, Answer, at_once, call, outcome
from tests.factories import make_booking, make_station

pytestmark = pytest.mark.race


def fifty_requests(world: World) -> list[Answer]:
    client = world.clients[0]
    wishes = [{"station": str(make_station(evses=1).pk), **world.times()} for _ in range(CROWD)]
    return at_once([call(client, "post", "/api/v1/bookings", wish) for wish in wishes])


def test_five_holds_are_made_and_the_rest_refused(world: World) -> None:
    answers = fifty_requests(world)
    assert outcome(answers) == {(201, ""): 5, (422, "too_many_bookings"): CROWD - 5}
    assert Booking.objects.count() == settings.EVB_MAX_LIVE_HOLDS == 5


def test_the_twentieth_open_booking_is_the_last(world: World) -> None:
    for day in range(18):
        make_booking(world.wanted, world.drivers[0], start=world.slot + timedelta(days=day + 1))
    assert outcome(fifty_requests(world)) == {(201, ""): 2, (422, "too_many_bookings"): CROWD - 2}
    assert Booking.objects.count() == settings.EVB_MAX_OPEN_BOOKINGS == 20


def test_the_cap_of_one_station_holds_as_well(world: World) -> None:
    world.add_evses(CROWD - 1)
    client = world.clients[0]
    wish = {name: value for name, value in world.wish().items() if name != "evse_uid"}
    answers = at_once([call(client, "post", "/api/v1/bookings", wish) for _ in range(CROWD)])
    assert outcome(answers) == {(201, ""): 3, (422, "too_many_bookings"): CROWD - 3}


def test_without_the_lock_on_the_driver_the_cap_is_passed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_lock(driver_id: UUID) -> None:
        """The guard, off."""

    monkeypatch.setattr(hold, "lock_driver", no_lock)
    for _ in range(DAMAGE_ROUNDS):
        fifty_requests(world)
        if Booking.objects.count() > settings.EVB_MAX_LIVE_HOLDS:
            return
        Booking.objects.all().delete()
    pytest.fail("the control showed no damage")
