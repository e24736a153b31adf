"""Accept, snooze, decline, say nothing, leave: what becomes of the place in line and of the slot."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from bookings.errors import HoldExpired
from bookings.models import Booking, WaitlistEntry
from bookings.services.cancel import cancel, cancel_for_operator
from bookings.services.clock import expire_holds
from bookings.services.confirm import confirm
from bookings.services.hold import hold_slot
from bookings.services.paying import confirm_secured, expire_hold
from bookings.services.waitlist.answering import accept, decline, snooze
from bookings.services.waitlist.joining import lapse, leave
from bookings.services.waitlist.offering import sweep_lines
from bookings.tests.waitlist.conftest import HOUR, NOW, TEN, Wait, offer, settle, state, told
from evbooking.core.errors import WrongState
from evbooking.core.ocpi import CanceledReason
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import BookingTerms
from tests.factories import make_user

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)


@pytest.fixture
def first(taken: Booking, wait: Wait, driver: User) -> WaitlistEntry:
    """Offered the hour until a quarter past seven."""
    entry = wait()
    cancel(taken, actor=driver, now=NOW)
    settle()
    entry.refresh_from_db()
    assert entry.status == "OFFERED"
    return entry


@pytest.fixture
def second(first: WaitlistEntry, wait: Wait) -> WaitlistEntry:
    """The next in line."""
    entry = wait()
    settle()
    return entry


def booked(entry: WaitlistEntry) -> Booking:
    return Booking.objects.get(origin=entry)


def test_accepting_gives_the_row_the_usual_hold_time(first: WaitlistEntry) -> None:
    held = accept(first, actor=first.driver, now=NOW + 5 * MINUTE)
    assert held == booked(first)
    assert (booked(first).status, booked(first).hold_expires_at) == (S.HELD, NOW + 15 * MINUTE)
    assert (state(first), told(first)) == ("ACCEPTED", ["joined", "offered", "accepted"])
    assert first.ended_at == NOW + 5 * MINUTE


def test_an_accepted_hold_is_confirmed_like_any_other(first: WaitlistEntry) -> None:
    held = accept(first, actor=first.driver, now=NOW)
    confirm(held, actor=first.driver, now=NOW)
    assert (booked(first).status, state(first)) == (S.RESERVED, "ACCEPTED")


def test_an_accepted_hold_that_runs_out_frees_the_slot(first: WaitlistEntry, second: WaitlistEntry) -> None:
    accept(first, actor=first.driver, now=NOW)
    expire_holds(NOW + 10 * MINUTE)
    settle()
    assert (state(first), state(second)) == ("ACCEPTED", "OFFERED")


def test_declining_gives_it_to_the_next(first: WaitlistEntry, second: WaitlistEntry) -> None:
    decline(first, actor=first.driver, now=NOW)
    settle()
    assert (state(first), booked(first).status, state(second)) == ("DECLINED", S.EXPIRED, "OFFERED")
    assert told(first) == ["joined", "offered", "declined"]


def test_snoozing_keeps_the_place_but_not_the_slot(first: WaitlistEntry, second: WaitlistEntry) -> None:
    snooze(first, minutes=30, actor=first.driver, now=NOW)
    settle()
    first.refresh_from_db()
    assert (first.status, first.not_before, state(second)) == ("WAITING", NOW + 30 * MINUTE, "OFFERED")
    assert (first.joined_at, told(first)) == (NOW, ["joined", "offered", "snoozed"])


def test_who_snoozed_is_first_again_afterwards_but_not_for_the_same_slot(
    first: WaitlistEntry, site: Any, clock: time_machine.Traveller
) -> None:
    WaitlistEntry.objects.update(latest=TEN + 2 * HOUR)
    snooze(first, minutes=30, actor=first.driver, now=NOW)
    settle()
    assert sweep_lines(NOW + 30 * MINUTE - TICK) == 0
    clock.move_to(NOW + 30 * MINUTE)
    assert sweep_lines(NOW + 30 * MINUTE) == 1
    assert (state(first), offer(first).start) == ("OFFERED", TEN + HOUR)


def test_silence_skips(first: WaitlistEntry, second: WaitlistEntry) -> None:
    expires_at = first.offer_expires_at
    assert expires_at
    assert expire_holds(expires_at - TICK) == 0
    assert expire_holds(expires_at) == 1
    settle()
    assert (state(first), booked(first).status, state(second)) == ("SKIPPED", S.EXPIRED, "OFFERED")
    assert told(first) == ["joined", "offered", "skipped"]


def test_who_asks_for_the_slot_clears_a_silent_offer_away(
    first: WaitlistEntry, clock: time_machine.Traveller
) -> None:
    clock.move_to(NOW + 15 * MINUTE)
    hold_slot(make_user(), station=first.station, start=TEN, end=TEN + HOUR, now=NOW + 15 * MINUTE)
    assert state(first) == "SKIPPED"


def test_leaving_gives_an_offer_to_the_next(first: WaitlistEntry, second: WaitlistEntry) -> None:
    leave(first, actor=first.driver, now=NOW)
    settle()
    assert (state(first), booked(first).status, state(second)) == ("CANCELED", S.EXPIRED, "OFFERED")


def test_leaving_the_line_is_done_once(second: WaitlistEntry) -> None:
    leave(second, actor=second.driver, now=NOW)
    with pytest.raises(WrongState):
        leave(second, actor=second.driver, now=NOW)
    assert (state(second), told(second)) == ("CANCELED", ["joined", "canceled"])


Answer = Callable[[WaitlistEntry], object]
ANSWERS: dict[str, Answer] = {
    "accept": lambda entry: accept(entry, actor=entry.driver, now=NOW),
    "decline": lambda entry: decline(entry, actor=entry.driver, now=NOW),
    "snooze": lambda entry: snooze(entry, minutes=5, actor=entry.driver, now=NOW),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_where_nothing_is_offered_nothing_can_be_answered(second: WaitlistEntry, answer: Answer) -> None:
    with pytest.raises(WrongState):
        answer(second)
    assert (state(second), told(second)) == ("WAITING", ["joined"])


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_offer_is_over_at_its_instant_whether_or_not_the_clock_has_marked_it(
    first: WaitlistEntry, answer: Answer
) -> None:
    Booking.objects.filter(origin=first).update(hold_expires_at=NOW)
    with pytest.raises(HoldExpired):
        answer(first)
    assert (state(first), booked(first).status) == ("OFFERED", S.HELD)
    expire_holds(NOW)
    first.refresh_from_db()
    with pytest.raises(HoldExpired):
        answer(first)
    assert state(first) == "SKIPPED"


def test_an_offer_that_is_confirmed_at_once_is_accepted(first: WaitlistEntry) -> None:
    confirm(booked(first), actor=first.driver, now=NOW)
    assert (state(first), booked(first).status) == ("ACCEPTED", S.RESERVED)


def test_an_offer_that_is_paid_at_once_is_accepted(taken: Booking, wait: Wait, driver: User) -> None:
    BookingTerms.objects.update(payment="ONLINE")
    entry = wait()
    cancel(taken, actor=driver, now=NOW)
    settle()
    held = offer(entry)
    assert held.payment_status == Booking.PaymentStatus.REQUIRED
    secured = Booking.PaymentStatus.SECURED
    confirm_secured(held, status=secured, secured_amount=held.total_amount, now=NOW)
    assert (state(entry), booked(entry).status) == ("ACCEPTED", S.RESERVED)


def test_an_offer_that_is_being_paid_when_it_ends_waits_for_the_payment(first: WaitlistEntry) -> None:
    Booking.objects.filter(origin=first).update(payment_status="processing")
    assert expire_holds(NOW + HOUR) == 0
    assert state(first) == "OFFERED"
    expire_hold(booked(first), now=NOW + HOUR)
    assert state(first) == "SKIPPED"


def test_an_offer_let_go_as_a_booking_is_declined(first: WaitlistEntry) -> None:
    cancel(booked(first), actor=first.driver, now=NOW)
    assert (state(first), told(first)[-1]) == ("DECLINED", "declined")


def test_an_offer_the_station_takes_back_leaves_the_place_in_line(first: WaitlistEntry, owner: User) -> None:
    cancel_for_operator(booked(first), actor=owner, now=NOW, reason=CanceledReason.BROKEN_CHARGER)
    assert (state(first), told(first)[-1]) == ("WAITING", "withdrawn")


def test_accepting_one_leaves_the_other_lines_of_the_wish(first: WaitlistEntry, wait: Wait) -> None:
    sibling = wait()
    WaitlistEntry.objects.filter(pk=sibling.pk).update(wish=first.wish)
    accept(first, actor=first.driver, now=NOW)
    assert (state(first), state(sibling)) == ("ACCEPTED", "CANCELED")


def test_declining_one_keeps_the_other_lines_of_the_wish(first: WaitlistEntry, wait: Wait) -> None:
    sibling = wait()
    WaitlistEntry.objects.filter(pk=sibling.pk).update(wish=first.wish)
    decline(first, actor=first.driver, now=NOW)
    assert (state(first), state(sibling)) == ("DECLINED", "WAITING")


def test_a_place_lapses_when_its_window_is_over_and_once(second: WaitlistEntry) -> None:
    assert lapse(second.latest - TICK) == 0
    assert (lapse(second.latest), lapse(second.latest)) == (1, 0)
    assert (state(second), told(second)) == ("LAPSED", ["joined", "lapsed"])


def test_an_offer_does_not_lapse(first: WaitlistEntry) -> None:
    assert lapse(TEN + HOUR) == 0
    assert state(first) == "OFFERED"


def test_the_place_of_a_closed_account_lapses(second: WaitlistEntry) -> None:
    User.objects.filter(pk=second.driver_id).update(is_active=False)
    assert lapse(NOW) == 1
    assert state(second) == "LAPSED"
