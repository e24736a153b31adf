"""Fifty clients and one slot, on every path that can give it: one wins, 49 are told what else is free."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from bookings.models import Booking
from bookings.tests.races.conftest import World
from bookings.tests.races.crowd import (
    CROWD,
    DAMAGE_ROUNDS,
    Answer,
    at_once,
    call,
    outcome,
    overlaps,
    without_the_constraint,
)
from evbooking.core.models import DomainEvent
from evbooking.core.ocpi import ReservationStatus as S
from tests.factories import make_booking

pytestmark = pytest.mark.race

Actions = Sequence[Callable[[], Answer]]


def creates(world: World) -> Actions:
    return [call(client, "post", "/api/v1/bookings", world.wish()) for client in world.clients]


def reschedules(world: World) -> Actions:
    body = {"evse_uid": world.wanted.uid, **world.times()}
    return [
        call(client, "post", f"/api/v1/bookings/{booking.reference}/reschedule", body)
        for client, booking in zip(world.clients, world.booked_elsewhere(CROWD), strict=True)
    ]


def corrections(world: World) -> Actions:
    body = {"evse_uid": world.wanted.uid, "reason": "as agreed by telephone", **world.times()}
    client = world.api(world.administrator)
    return [
        call(client, "patch", f"/api/v1/admin/bookings/{booking.reference}", body)
        for booking in world.booked_elsewhere(CROWD)
    ]


def a_mixture(world: World) -> Actions:
    third = CROWD // 3
    every = (creates(world)[:third], reschedules(world)[third : 2 * third], corrections(world)[2 * third :])
    return [action for part in every for action in part]


@pytest.mark.parametrize("actions", [creates, reschedules, corrections, a_mixture])
def test_one_of_fifty_wins_and_the_rest_hear_of_alternatives(
    world: World, actions: Callable[[World], Actions]
) -> None:
    answers = at_once(actions(world))
    won = [answer for answer in answers if answer.status < 300]
    assert len(won) == 1
    assert outcome(answers) == {(won[0].status, ""): 1, (409, "slot_taken"): CROWD - 1}
    assert all(len(answer.body["alternatives"]) == 3 for answer in answers if answer.status == 409)
    assert Booking.objects.filter(evse=world.wanted, start=world.slot).count() == 1
    assert overlaps() == 0


@pytest.mark.parametrize("actions", [creates, reschedules, corrections, a_mixture])
def test_without_the_constraint_the_slot_is_given_twice(
    world: World, actions: Callable[[World], Actions]
) -> None:
    with without_the_constraint():
        for _ in range(DAMAGE_ROUNDS):
            at_once(actions(world))
            if overlaps():
                break
            Booking.objects.all().delete()
            world.next_slot()
        assert overlaps() > 0


def test_fifty_who_name_no_evse_share_those_that_fit(world: World) -> None:
    world.add_evses(2)
    wish = {name: value for name, value in world.wish().items() if name != "evse_uid"}
    answers = at_once([call(client, "post", "/api/v1/bookings", wish) for client in world.clients])
    assert outcome(answers) == {(201, ""): 3, (409, "slot_taken"): CROWD - 3}
    assert len({answer.body["evse_uid"] for answer in answers if answer.status == 201}) == 3
    assert overlaps() == 0


def test_nobody_is_refused_while_an_evse_is_free(world: World) -> None:
    world.add_evses(CROWD - 1)
    wish = {name: value for name, value in world.wish().items() if name != "evse_uid"}
    answers = at_once([call(client, "post", "/api/v1/bookings", wish) for client in world.clients])
    assert outcome(answers) == {(201, ""): CROWD}
    assert overlaps() == 0


def test_an_expired_hold_is_cleared_away_once(world: World) -> None:
    stale = call(world.clients[0], "post", "/api/v1/bookings", world.wish())()
    Booking.objects.update(hold_expires_at=world.slot.replace(year=2020))
    answers = at_once(creates(world)[1:])
    assert outcome(answers) == {(201, ""): 1, (409, "slot_taken"): CROWD - 2}
    expired = DomainEvent.objects.filter(type="booking.expired", subject=f"booking:{stale.body['reference']}")
    assert expired.count() == 1


def test_expired_holds_that_somebody_is_clearing_away_refuse_nobody(world: World) -> None:
    world.add_evses(CROWD - 1)
    for number, evse in enumerate(world.station.evses.all()):
        hold_expires_at = world.slot - timedelta(days=2)
        make_booking(
            evse, world.drivers[number], start=world.slot, status=S.HELD, hold_expires_at=hold_expires_at
        )
    wish = {name: value for name, value in world.wish().items() if name != "evse_uid"}
    answers = at_once([call(client, "post", "/api/v1/bookings", wish) for client in world.clients])
    assert outcome(answers) == {(201, ""): CROWD}
    assert Booking.objects.filter(status=S.EXPIRED).count() == CROWD
    assert overlaps() == 0
