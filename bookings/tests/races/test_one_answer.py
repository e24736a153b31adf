"""Fifty answers to one booking that waits for its operator: one of them counts."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from bookings import transitions
from bookings.models import Booking, BookingTransition
from bookings.services.clock import fail_unanswered
from bookings.tests.races.conftest import World
from bookings.tests.races.crowd import CROWD, DAMAGE_ROUNDS, Answer, at_once, call, outcome
from evbooking.core.models import DomainEvent
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import BookingTerms
from tests.factories import make_booking

pytestmark = pytest.mark.race


def pending(world: World) -> Booking:
    """Waits for its answer; once it is reserved, its terms forbid canceling it."""
    BookingTerms.objects.update(late_cancel_allowed=False, cancel_until_minutes=100_000)
    world.wanted.station.terms.refresh_from_db()
    answer_by = timezone.now() + timedelta(hours=1)
    booking = make_booking(
        world.wanted, world.drivers[0], start=world.slot, status=S.PENDING, answer_by=answer_by
    )
    world.next_slot()
    return booking


def answers(world: World, booking: Booking) -> list[Callable[[], Answer]]:
    staff, driver = world.api(world.owner), world.clients[0]
    ours, own = f"/api/v1/operator/bookings/{booking.reference}", f"/api/v1/bookings/{booking.reference}"

    def clock() -> Answer:
        return (
            Answer(200, "", {})
            if fail_unanswered(timezone.now() + timedelta(hours=2))
            else Answer(409, "late", {})
        )

    kinds = [
        call(staff, "post", f"{ours}/approve", {}),
        call(staff, "post", f"{ours}/reject", {"reason": "works"}),
        call(driver, "post", f"{own}/cancel", {}),
        clock,
    ]
    return [kinds[i % len(kinds)] for i in range(CROWD)]


def test_exactly_one_transition_happens(world: World) -> None:
    booking = pending(world)
    told = at_once(answers(world, booking))
    assert outcome(told)[200, ""] == 1
    refused = {answer.code for answer in told if answer.status != 200}
    assert refused <= {"wrong_state", "too_late_to_cancel", "late"}
    step = BookingTransition.objects.get(booking=booking)
    booking.refresh_from_db()
    assert (step.from_status, step.to_status) == (S.PENDING, booking.status)
    assert DomainEvent.objects.filter(subject=f"booking:{booking.reference}").count() == 1


def test_without_the_compare_and_set_several_happen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def set_without_comparing(booking: Booking, expected: S, **fields: object) -> bool:
        return Booking.objects.filter(pk=booking.pk).update(**fields) == 1

    monkeypatch.setattr(transitions, "_swap", set_without_comparing)
    for _ in range(DAMAGE_ROUNDS):
        booking = pending(world)
        at_once(answers(world, booking))
        if BookingTransition.objects.filter(booking=booking).count() > 1:
            return
    pytest.fail("the control showed no damage")
