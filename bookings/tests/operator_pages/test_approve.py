"""Staff approves a booking that waits for its answer."""

import pytest
from django.test import Client

from accounts.models import User
from bookings.models import Booking
from bookings.tests.operator_pages.conftest import NOW
from bookings.tests.operator_pages.desk import ROOT, act, client_of, state_of, text
from bookings.tests.trace import events, nothing_was_written, steps

pytestmark = pytest.mark.django_db


def test_approving_reserves_and_says_so_on_the_bookings_page(
    desk: Client, pending: Booking, staff: User
) -> None:
    answer = act(desk, pending, "approve")
    assert answer.redirect_chain == [(f"{ROOT}{pending.reference}/", 302)]
    assert "Approved. Dana D. is told." in text(answer)
    assert (steps(pending), events(pending)) == ([("PENDING", "RESERVED")], ["booking.reserved"])
    assert pending.transitions.get().actor == staff


def test_the_page_it_came_from_is_where_it_goes_back(desk: Client, pending: Booking) -> None:
    back = f"{ROOT}?station={pending.station_id}&day=2026-12-01"
    assert act(desk, pending, "approve", next=back).redirect_chain == [(back, 302)]


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_another_sites_page_is_not(desk: Client, pending: Booking, evil: str) -> None:
    assert act(desk, pending, "approve", next=evil).redirect_chain == [(f"{ROOT}{pending.reference}/", 302)]


def test_an_answer_after_its_time_is_refused_in_words(desk: Client, pending: Booking) -> None:
    Booking.objects.update(answer_by=NOW)
    assert "The time to answer has passed." in text(act(desk, pending, "approve"))
    assert state_of(pending) == "PENDING"
    assert nothing_was_written()


def test_what_is_answered_cannot_be_answered_again(desk: Client, booking: Booking) -> None:
    assert "The booking is reserved." in text(act(desk, booking, "approve"))
    assert nothing_was_written()


def test_a_rival_finds_no_such_booking(rival: User, desk: Client, pending: Booking) -> None:
    assert act(client_of(rival), pending, "approve").status_code == 404
    assert act(client_of(pending.driver), pending, "approve").status_code == 404
    assert state_of(pending) == "PENDING"
    assert nothing_was_written()


def test_a_visitor_is_sent_to_sign_in(db: None, pending: Booking) -> None:
    answer = Client().post(f"{ROOT}{pending.reference}/approve/")
    assert (answer.status_code, answer["Location"].startswith("/accounts/login/")) == (302, True)
    assert nothing_was_written()


def test_looking_at_the_address_approves_nothing(desk: Client, pending: Booking) -> None:
    assert desk.get(f"{ROOT}{pending.reference}/approve/").status_code == 405
    assert nothing_was_written()
