"""Payments that come late race with each other, with the crowd and with the clock for one slot."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from bookings.models import Booking
from bookings.services.clock import expire_holds
from bookings.services.paying import confirm_secured, expire_hold
from bookings.tests.races.conftest import World
from bookings.tests.races.crowd import (
    CROWD,
    DAMAGE_ROUNDS,
    Answer,
    at_once,
    call,
    overlaps,
    without_the_constraint,
)
from evbooking.core.errors import DomainError
from evbooking.core.ocpi import ReservationStatus as S
from tests.factories import make_booking

pytestmark = pytest.mark.race

Act = Callable[[], str]


def paid(booking: Booking) -> Act:
    """The action of a worker that learns of the booking's payment: its new state, or why not."""

    def act() -> str:
        try:
            with transaction.atomic():
                return confirm_secured(
                    booking,
                    status=Booking.PaymentStatus.SECURED,
                    secured_amount=Decimal("5.50"),
                    now=timezone.now(),
                ).status
        except DomainError as error:
            return error.code

    return act


def too_late(world: World, count: int) -> list[Booking]:
    """Bookings of the wanted slot whose holds ran out before their payments came."""
    paying: dict[str, Any] = {"status": S.EXPIRED, "payment_status": "processing"}
    return [make_booking(world.wanted, one, start=world.slot, **paying) for one in world.drivers[:count]]


def claims(world: World) -> Sequence[Act]:
    return [paid(one) for one in too_late(world, CROWD)]


def claims_and_holds(world: World) -> Sequence[Act]:
    half = CROWD // 2
    wishes = [call(client, "post", "/api/v1/bookings", world.wish()) for client in world.clients[half:]]
    return [*map(paid, too_late(world, half)), *map(_told, wishes)]


def _told(action: Callable[[], Answer]) -> Act:
    def act() -> str:
        answer = action()
        return answer.code or answer.body["status"]

    return act


@pytest.mark.parametrize("actions", [claims, claims_and_holds])
def test_of_all_who_want_the_slot_one_gets_it(
    world: World, actions: Callable[[World], Sequence[Act]]
) -> None:
    answers = Counter(at_once(actions(world)))
    assert answers.pop("slot_taken") == CROWD - 1
    assert answers in (Counter({"RESERVED": 1}), Counter({"HELD": 1}))
    assert overlaps() == 0


@pytest.mark.parametrize("actions", [claims, claims_and_holds])
def test_without_the_constraint_the_slot_is_given_twice(
    world: World, actions: Callable[[World], Sequence[Act]]
) -> None:
    with without_the_constraint():
        for _ in range(DAMAGE_ROUNDS):
            at_once(actions(world))
            if overlaps():
                break
            Booking.objects.all().delete()
            world.next_slot()
        assert overlaps() > 0


def test_a_payment_told_many_times_while_the_hold_is_swept_promises_the_slot_once(world: World) -> None:
    for round_ in range(5):
        start = world.slot + timedelta(hours=round_)
        hold = make_booking(
            world.wanted, world.drivers[0], start=start, status=S.HELD, payment_status="required"
        )
        Booking.objects.filter(pk=hold.pk).update(hold_expires_at=timezone.now() - timedelta(seconds=1))

        def sweeping(hold: Booking = hold) -> str:
            try:
                with transaction.atomic():
                    return expire_hold(hold, now=timezone.now()).status
            except DomainError as error:
                return error.code

        def ticking() -> str:
            return str(expire_holds(timezone.now()))

        answers = Counter(at_once([*[paid(hold)] * 6, sweeping, ticking]))
        assert answers["RESERVED"] == 6
        assert answers["EXPIRED"] + answers["1"] <= 1
        promised = hold.transitions.filter(to_status=S.RESERVED)
        assert (promised.count(), Booking.objects.get(pk=hold.pk).status) == (1, S.RESERVED)
