"""A driver, staff and the clock end one visit at the same moment: one of them does, and there is one bill."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.models import Booking
from bookings.services.clock import complete_ended, mark_no_shows
from bookings.services.visit import arrive, mark_no_show, stop
from bookings.tests.races.conftest import World
from bookings.tests.races.crowd import at_once
from charging.models import CDR, Session, Token
from charging.services.bills import credit_cdr, issue_cdr
from evbooking.core.errors import DomainError
from tests.factories import make_booking, make_evse

pytestmark = pytest.mark.race
HOUR = timedelta(hours=1)


def told(action: Callable[[], object]) -> Callable[[], str]:
    """The action, with its refusal as the answer; what the clock did not get is told as not done."""

    def run() -> str:
        try:
            return "nothing" if action() == 0 else "done"
        except DomainError as error:
            return error.code

    return run


def test_two_stops_and_the_clock_at_once_give_one_bill(world: World) -> None:
    for _ in range(5):
        before = CDR.objects.count()
        begun = timezone.now() - HOUR
        booking = make_booking(make_evse(world.station), world.drivers[0], start=begun)
        arrive(booking, actor=booking.driver, now=begun)

        def stopping(reference: str | None = booking.reference) -> object:
            found = Booking.objects.get(reference=reference)
            return stop(found, actor=found.driver, now=timezone.now())

        answers = Counter(
            at_once([*[told(stopping)] * 8, *[told(lambda: complete_ended(timezone.now()))] * 2])
        )
        assert answers["done"] == 1
        assert set(answers) <= {"done", "wrong_state", "nothing"}
        assert CDR.objects.count() == before + 1


def test_staff_and_the_clock_at_once_give_one_no_show_bill(world: World) -> None:
    start = timezone.now() - HOUR
    booking = make_booking(make_evse(world.station), world.drivers[0], start=start)

    def marking() -> object:
        found = Booking.objects.get(pk=booking.pk)
        return mark_no_show(found, actor=world.owner, now=timezone.now())

    answers = at_once([*[told(marking)] * 8, *[told(lambda: mark_no_shows(timezone.now()))] * 2])
    assert (answers.count("done"), CDR.objects.count()) == (1, 1)


def test_many_arrivals_of_one_driver_at_once_make_one_token(world: World) -> None:
    now = timezone.now()
    bookings = [make_booking(make_evse(world.station), world.drivers[0], start=now) for _ in range(10)]

    def arriving(booking: Booking) -> Callable[[], Booking]:
        return lambda: arrive(Booking.objects.get(pk=booking.pk), actor=None, now=now)

    at_once([arriving(one) for one in bookings])
    assert (Token.objects.count(), Session.objects.count()) == (1, 10)


def test_two_credits_at_once_are_one_and_two_bills_after_it_are_one(world: World) -> None:
    now = timezone.now()
    booking = make_booking(make_evse(world.station), world.drivers[0], start=now - HOUR)
    arrive(booking, actor=None, now=now - HOUR)
    stop(booking, actor=None, now=now)
    first, session = CDR.objects.get(), Session.objects.get()
    crediting = told(lambda: credit_cdr(first, reason="wrong", actor=None, now=now))
    assert sorted(at_once([crediting] * 4)) == ["already_credited"] * 3 + ["done"]
    billing = told(lambda: issue_cdr(session, actor=None, now=now))
    assert sorted(at_once([billing] * 4)) == ["already_billed"] * 3 + ["done"]
    assert CDR.objects.count() == 3
