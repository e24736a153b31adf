"""Staff rejects a booking, with words for the driver."""

import pytest
from django.test import Client

from accounts.models import User
from bookings.models import Booking
from bookings.tests.operator_pages.conftest import NOW
from bookings.tests.operator_pages.desk import ROOT, act, client_of, state_of, text
from bookings.tests.trace import events, nothing_was_written, steps

pytestmark = pytest.mark.django_db


def test_the_form_shows_what_is_rejected(desk: Client, pending: Booking) -> None:
    page = text(desk.get(f"{ROOT}{pending.reference}/reject/?next={ROOT}"))
    assert "Reject the booking of Dana D." in page
    assert "09:00–10:00" in page
    assert f'<input type="hidden" name="next" value="{ROOT}">' in page


def test_rejecting_frees_the_slot_and_keeps_the_words(desk: Client, pending: Booking) -> None:
    answer = act(desk, pending, "reject", reason="<b>Flooded</b>", next=ROOT)
    assert answer.redirect_chain == [(ROOT, 302)]
    assert "Rejected. Dana D. is told." in text(answer)
    assert (steps(pending), events(pending)) == ([("PENDING", "REJECTED")], ["booking.rejected"])
    history = text(desk.get(f"{ROOT}{pending.reference}/"))
    assert "&lt;b&gt;Flooded&lt;/b&gt;" in history
    assert "<b>Flooded</b>" not in history


def test_a_reason_is_not_needed(desk: Client, pending: Booking) -> None:
    act(desk, pending, "reject")
    assert state_of(pending) == "REJECTED"


def test_words_too_long_are_refused_and_kept(desk: Client, pending: Booking) -> None:
    answer = act(desk, pending, "reject", reason="x" * 201, next=ROOT)
    assert answer.status_code == 422
    assert "x" * 201 in text(answer)
    assert f'name="next" value="{ROOT}"' in text(answer)
    assert state_of(pending) == "PENDING"
    assert nothing_was_written()


def test_an_answer_after_its_time_loses_no_words(desk: Client, pending: Booking) -> None:
    Booking.objects.update(answer_by=NOW)
    answer = act(desk, pending, "reject", reason="Flooded since noon")
    assert answer.status_code == 422
    assert "The time to answer has passed." in text(answer)
    assert "Flooded since noon" in text(answer)
    assert state_of(pending) == "PENDING"
    assert nothing_was_written()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_rival_finds_no_such_booking(rival: User, now: object, pending: Booking, method: str) -> None:
    answer = getattr(client_of(rival), method)(f"{ROOT}{pending.reference}/reject/")
    assert answer.status_code == 404
    assert state_of(pending) == "PENDING"
    assert nothing_was_written()
