"""Many offers and one slot: it is given once, to the first in line; and one answer to an offer counts."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from bookings import waiting
from bookings.models import BLOCKING, Booking, WaitlistEntry
from bookings.services.clock import expire_holds
from bookings.services.waitlist import offering
from bookings.services.waitlist.answering import accept, decline, snooze
from bookings.services.waitlist.joining import join, leave
from bookings.services.waitlist.offering import offer_slots
from bookings.tests.races.conftest import World
from bookings.tests.races.crowd import (
    DAMAGE_ROUNDS,
    at_once,
    call,
    overlaps,
    without_the_constraint,
)
from evbooking.core.errors import DomainError
from evbooking.core.models import DomainEvent
from tests.factories import make_station

pytestmark = pytest.mark.race

CROWD = 20
MINUTE = timedelta(minutes=1)
S = WaitlistEntry.Status


def line_up(world: World, count: int) -> list[WaitlistEntry]:
    """So many wait for the wanted slot, in this order."""
    now = timezone.now()
    return [
        join(
            driver,
            stations=[world.station],
            earliest=world.slot,
            latest=world.slot + MINUTE,
            duration_minutes=60,
            now=now - (count - number) * MINUTE,
        )[0]
        for number, driver in enumerate(world.drivers[:count])
    ]


def offers(world: World) -> list[Callable[[], int]]:
    return [lambda: offer_slots(world.station.pk, now=timezone.now())] * CROWD


def offered() -> list[WaitlistEntry]:
    return list(WaitlistEntry.objects.filter(status=S.OFFERED))


def test_many_offers_at_once_give_one_slot_to_the_first(world: World) -> None:
    entries = line_up(world, CROWD)
    assert sum(at_once(offers(world))) == 1
    assert offered() == entries[:1]
    booking = Booking.objects.get()
    assert (booking.origin, booking.start, booking.driver) == (entries[0], world.slot, entries[0].driver)
    assert DomainEvent.objects.filter(type="waitlist.offered").count() == 1


def test_as_many_slots_as_are_free_go_to_the_first_in_line(world: World) -> None:
    world.add_evses(4)
    entries = line_up(world, CROWD)
    assert sum(at_once(offers(world))) == 5
    assert sorted(one.pk for one in offered()) == sorted(one.pk for one in entries[:5])
    assert overlaps() == 0


def test_a_slot_that_drivers_book_while_it_is_offered_is_given_once(world: World) -> None:
    line_up(world, CROWD)
    holds = [call(client, "post", "/api/v1/bookings", world.wish()) for client in world.clients[CROWD:]]
    at_once([*offers(world), *holds])
    assert Booking.objects.filter(status__in=BLOCKING).count() == 1
    assert len(offered()) == Booking.objects.filter(origin__isnull=False).count()
    assert overlaps() == 0


def test_without_the_constraint_it_is_given_twice(world: World) -> None:
    with without_the_constraint():
        for _ in range(DAMAGE_ROUNDS):
            line_up(world, 1)
            holds = [
                call(client, "post", "/api/v1/bookings", world.wish()) for client in world.clients[CROWD:]
            ]
            at_once([*offers(world)[:1], *holds])
            if overlaps():
                break
            Booking.objects.all().delete()
            WaitlistEntry.objects.all().delete()
            world.next_slot()
        assert overlaps() > 0


def test_without_the_lock_of_the_line_and_compare_and_set_one_entry_is_offered_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def set_without_comparing(entry: WaitlistEntry, expected: S, values: dict[str, object]) -> bool:
        return WaitlistEntry.objects.filter(pk=entry.pk).update(**values) == 1

    monkeypatch.setattr(offering, "lock_line", lambda station_id: None)
    monkeypatch.setattr(waiting, "_swap", set_without_comparing)
    for _ in range(DAMAGE_ROUNDS):
        line_up(world, 1)
        at_once(offers(world))
        if DomainEvent.objects.filter(type="waitlist.offered").count() > 1:
            return
        Booking.objects.all().delete()
        WaitlistEntry.objects.all().delete()
        world.next_slot()
    pytest.fail("the control showed no damage")


def answers(entry: WaitlistEntry) -> Sequence[Callable[[], int]]:
    """1 for what counted, 0 for what was refused; each looks at the entry for itself."""

    def attempt(act: Callable[[WaitlistEntry], object]) -> Callable[[], int]:
        def answer() -> int:
            with suppress(DomainError):
                act(WaitlistEntry.objects.select_related("driver").get(pk=entry.pk))
                return 1
            return 0

        return answer

    now = timezone.now()
    kinds = [
        attempt(lambda one: accept(one, actor=one.driver, now=now)),
        attempt(lambda one: decline(one, actor=one.driver, now=now)),
        attempt(lambda one: snooze(one, minutes=5, actor=one.driver, now=now)),
        lambda: expire_holds(now + 4 * 60 * MINUTE),
    ]
    return [kinds[number % len(kinds)] for number in range(CROWD)]


def test_one_answer_of_many_counts(world: World) -> None:
    [entry] = line_up(world, 1)
    offer_slots(world.station.pk, now=timezone.now())
    told = at_once(answers(entry))
    entry.refresh_from_db()
    after = DomainEvent.objects.filter(subject=f"waitlist:{entry.pk}").exclude(
        type__in=["waitlist.joined", "waitlist.offered"]
    )
    assert after.count() == 1
    assert entry.status in {S.ACCEPTED, S.DECLINED, S.WAITING, S.SKIPPED}
    assert (Booking.objects.get().status == "HELD") == (entry.status == S.ACCEPTED and sum(told) == 1)


def test_who_leaves_while_they_are_offered_something_leaves_nothing_behind(world: World) -> None:
    entries = line_up(world, CROWD)

    def leaves(entry: WaitlistEntry) -> Callable[[], int]:
        def go() -> int:
            with suppress(DomainError):
                one = WaitlistEntry.objects.select_related("driver").get(pk=entry.pk)
                leave(one, actor=one.driver, now=timezone.now())
                return 1
            return 0

        return go

    at_once([*(leaves(entry) for entry in entries[: CROWD // 2]), *offers(world)[: CROWD // 2]])
    offer_slots(world.station.pk, now=timezone.now())
    held = list(Booking.objects.filter(status="HELD").values_list("origin", flat=True))
    assert held == [entry.pk for entry in offered()]
    assert len(held) == 1


def test_two_stations_offer_one_wish_once(world: World) -> None:
    elsewhere = make_station(world.station.operator)
    now = timezone.now()
    join(
        world.drivers[0],
        stations=[world.station, elsewhere],
        earliest=world.slot,
        latest=world.slot + MINUTE,
        duration_minutes=60,
        now=now,
    )
    both = [world.station.pk, elsewhere.pk]
    at_once([lambda pk=pk: offer_slots(pk, now=timezone.now()) for pk in both * 5])  # type: ignore[misc]
    assert len(offered()) == 1
    assert Booking.objects.filter(status="HELD").count() == 1
