"""A replacement races with the crowd for its slot, with itself, and with the clock while it is being paid."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from bookings.models import BLOCKING, Booking
from bookings.services.cancel import cancel
from bookings.services.clock import expire_holds
from bookings.services.replacing import complete_reschedule
from bookings.services.reschedule import reschedule
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
from evbooking.core.errors import DomainError
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import BookingTerms
from tests.factories import make_booking, make_evse

pytestmark = pytest.mark.race

HOUR = timedelta(hours=1)
Act = Callable[[], str]


@pytest.fixture
def online(world: World) -> World:
    BookingTerms.objects.update(payment="ONLINE")
    world.station.refresh_from_db()
    return world


def dearer(world: World, count: int) -> Sequence[Callable[[], Answer]]:
    """Each of so many drivers wants the wanted slot, twice as long as what they have."""
    bookings = world.booked_elsewhere(count)
    Booking.objects.update(total_amount=1)
    body = {"evse_uid": world.wanted.uid, **world.times()}
    pairs = zip(world.clients[:count], bookings, strict=True)
    return [
        call(one, "post", f"/api/v1/bookings/{booking.reference}/reschedule", body) for one, booking in pairs
    ]


def replacements(world: World) -> Sequence[Callable[[], Answer]]:
    return dearer(world, CROWD)


def replacements_and_holds(world: World) -> Sequence[Callable[[], Answer]]:
    half = CROWD // 2
    holds = [call(one, "post", "/api/v1/bookings", world.wish()) for one in world.clients[half:]]
    return [*dearer(world, half), *holds]


@pytest.mark.parametrize("actions", [replacements, replacements_and_holds])
def test_of_all_who_want_the_slot_one_keeps_it(
    online: World, actions: Callable[[World], Sequence[Callable[[], Answer]]]
) -> None:
    answers = at_once(actions(online))
    won = [answer for answer in answers if answer.status < 300]
    assert outcome(answers) == {(won[0].status, ""): 1, (409, "slot_taken"): CROWD - 1}
    assert won[0].status in {201, 202}
    assert Booking.objects.filter(evse=online.wanted, status__in=BLOCKING).count() == 1
    assert overlaps() == 0


@pytest.mark.parametrize("actions", [replacements, replacements_and_holds])
def test_without_the_constraint_the_slot_is_kept_twice(
    online: World, actions: Callable[[World], Sequence[Callable[[], Answer]]]
) -> None:
    with without_the_constraint():
        for _ in range(DAMAGE_ROUNDS):
            at_once(actions(online))
            if overlaps():
                break
            Booking.objects.all().delete()
            online.next_slot()
        assert overlaps() > 0


def told(action: Callable[[], object]) -> Act:
    """The action, with its refusal as the answer."""

    def run() -> str:
        try:
            with transaction.atomic():
                action()
        except DomainError as error:
            return error.code
        return "done"

    return run


def told_of(action: Callable[[], Answer]) -> Act:
    """The same of a request: its code, or the state it gave."""

    def run() -> str:
        answer = action()
        return answer.code or answer.body["status"]

    return run


def completing(booking: Booking, helper: Booking) -> Act:
    return told(lambda: complete_reschedule(booking, helper, actor=None, now=timezone.now()))


def canceling(booking: Booking) -> Act:
    def run() -> object:
        return cancel(Booking.objects.get(pk=booking.pk), actor=booking.driver, now=timezone.now())

    return told(run)


def kept(world: World, number: int = 0) -> tuple[Booking, Booking]:
    """A booking and its replacement, twice as long, at an EVSE of their own."""
    driver = world.drivers[number]
    booking = make_booking(make_evse(world.station), driver, start=world.slot)
    times = {"start": world.slot + 2 * HOUR, "end": world.slot + 4 * HOUR}
    return booking, reschedule(booking, **times, evse=booking.evse, actor=driver, now=timezone.now())


def test_two_wishes_at_once_leave_one_open(online: World) -> None:
    booking, _ = kept(online)
    urls = [f"/api/v1/bookings/{booking.reference}/reschedule"] * 8
    wishes = [
        {"start": (online.slot + n * HOUR).isoformat(), "end": (online.slot + (n + 2) * HOUR).isoformat()}
        for n in range(2, 10)
    ]
    actions = [call(online.clients[0], "post", *one) for one in zip(urls, wishes, strict=True)]
    assert outcome(at_once(actions)) == {(202, ""): 8}
    assert Booking.objects.filter(replaces=booking, status=S.HELD).count() == 1
    assert Booking.objects.get(pk=booking.pk).start == online.slot


def test_a_payment_told_many_times_moves_once(online: World) -> None:
    booking, helper = kept(online)
    assert at_once([completing(booking, helper)] * 8) == ["done"] * 8
    assert booking.transitions.filter(from_status=S.RESERVED, to_status=S.RESERVED).count() == 1
    assert Booking.objects.get(pk=booking.pk).start == helper.start
    assert overlaps() == 0


def test_a_payment_a_hold_and_the_clock_at_the_end_of_the_time_give_the_slot_to_one(online: World) -> None:
    for round_ in range(5):
        booking, helper = kept(online, round_)
        Booking.objects.filter(pk=helper.pk).update(hold_expires_at=timezone.now() - timedelta(seconds=1))
        wish = {"station": str(online.station.pk), "evse_uid": booking.evse.uid}
        wish |= {"start": helper.start.isoformat(), "end": (helper.start + HOUR).isoformat()}
        paid = completing(booking, helper)
        others = [call(client, "post", "/api/v1/bookings", wish) for client in online.clients[10:16]]
        holds = [told_of(one) for one in others]
        answers = Counter(at_once([paid, *holds, lambda: str(expire_holds(timezone.now()))]))
        assert answers["done"] + answers["HELD"] == 1
        assert Booking.objects.get(pk=booking.pk).start in {online.slot, helper.start}
        assert Booking.objects.get(pk=helper.pk).status == S.EXPIRED
        assert Booking.objects.filter(evse=booking.evse, status__in=BLOCKING).count() <= 2
        assert overlaps() == 0


def test_a_cancellation_and_a_payment_at_once_keep_no_slot(online: World) -> None:
    for round_ in range(5):
        booking, helper = kept(online, round_)
        answers = Counter(at_once([completing(booking, helper), canceling(booking)]))
        assert answers["done"] >= 1
        assert Booking.objects.get(pk=helper.pk).status == S.EXPIRED
        if Booking.objects.get(pk=booking.pk).status == S.CANCELED:
            assert not Booking.objects.filter(evse=booking.evse, status__in=BLOCKING).exists()
