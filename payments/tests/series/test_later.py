"""Dates that open for booking later are promised on the card the series saved."""

from datetime import timedelta
from typing import Any

import pytest

from bookings.models import Series
from bookings.selectors.series import dates_of
from bookings.services.series.later import book_opened
from payments.models import BookingAccount, OperatorAccount, Payment
from payments.presentation.checkout import checkout_page
from payments.sandbox.tests.running import Running
from payments.services.sweeping import authorise_due, remind_failed
from payments.tests.paying import NOW, SAVED_BUT_EMPTY
from payments.tests.series.dates import FIRST, HOUR, WEEK, Book, assert_books_are_clean, states, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(paid: Book) -> Book:
    """A paid series of three, of which the third waits until bookings open two weeks before it."""

    def make(**more: Any) -> Series:
        series = paid(booking_horizon_minutes=14 * 24 * 60, **more)
        assert (series.bookings.count(), series.later_dates.count()) == (2, 1)
        return series

    return make


OPENS = FIRST + 2 * WEEK - 14 * timedelta(days=1)


def test_a_date_that_opens_later_is_promised_on_the_saved_card_and_asked_by_its_own_start(
    own_sandbox: Running, waiting: Book
) -> None:
    series = waiting()
    assert book_opened(OPENS - timedelta(seconds=1)) == 0
    assert book_opened(OPENS) == 1
    assert states(series) == [("RESERVED", "secured", "0.00")] * 3
    third = BookingAccount.objects.get(booking=dates_of(series)[2])
    saved = Payment.objects.get(purpose="SERIES")
    assert (third.payment_method, third.strategy) == (saved.payment_method, "SAVE_CARD")
    assert third.authorise_at == FIRST + 2 * WEEK - 48 * HOUR
    assert Payment.objects.count() == 1, "nothing was asked of the card"
    authorise_due(OPENS)
    assert_books_are_clean()
    own_sandbox.advance(13 * 86_400)
    assert authorise_due(FIRST + 2 * WEEK - 48 * HOUR) == 2
    assert [amount for *_, amount in states(series)] == ["6.60"] * 3


def test_one_that_is_paid_in_advance_is_charged_at_its_time(own_sandbox: Running, waiting: Book) -> None:
    series = waiting(security="PREPAYMENT")
    book_opened(OPENS)
    own_sandbox.advance(13 * 86_400)
    authorise_due(FIRST + 2 * WEEK - 48 * HOUR)
    assert states(series)[2] == ("RESERVED", "captured", "5.50")
    assert_books_are_clean()


def test_a_card_that_refuses_a_date_booked_later_asks_the_driver_and_loses_that_date_alone(
    waiting: Book,
) -> None:
    series = waiting(card=SAVED_BUT_EMPTY)
    book_opened(OPENS)
    third = dates_of(series)[2]
    BookingAccount.objects.exclude(booking=third).update(authorise_at=None)
    authorise_due(third.start - 48 * HOUR)
    assert told("payment.action_required") == ["payment.action_required"]
    assert [payment for _, payment, _ in states(series)] == ["secured", "secured", "failed"]
    remind_failed(third.start)
    assert [status for status, *_ in states(series)] == ["RESERVED", "RESERVED", "CANCELED"]


def test_without_a_saved_card_a_later_date_is_not_booked_but_told(waiting: Book) -> None:
    series = waiting()
    Payment.objects.filter(purpose="SERIES").update(status="CANCELED")
    assert book_opened(OPENS) == 0
    assert len(states(series)) == 2
    assert list(series.later_dates.values_list("state", "problem")) == [("MISSED", "payment_required")]
    assert told() == ["series.booked", "series.missed"]


def test_an_operator_who_can_be_paid_no_more_gets_no_date_booked_later(waiting: Book) -> None:
    series = waiting()
    OperatorAccount.objects.update(stripe_id=None)
    assert book_opened(OPENS) == 0
    assert list(series.later_dates.values_list("state", "problem")) == [("MISSED", "payments_not_ready")]
    assert BookingAccount.objects.count() == 2


def test_the_checkout_names_what_the_card_is_for_later(held: Book) -> None:
    series = held(booking_horizon_minutes=14 * 24 * 60)
    page = checkout_page(dates_of(series)[0], now=NOW)
    assert page.why.endswith(
        "It is asked in the same way for 1 date that opens later, at a price of 5.50 EUR at most."
    )
    assert "dates of the series that open later, at prices no higher than named here" in page.consent
