"""One checkout of a series: the card is saved once, and each date is secured by its own start, to the cent."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from bookings.errors import HoldExpired
from bookings.models import Booking
from bookings.selectors.series import dates_of
from bookings.services.cancel import cancel
from bookings.services.clock import expire_holds
from bookings.services.paying import confirm_secured
from bookings.services.series.canceling import cancel_series
from bookings.services.series.changes import SeriesChange
from bookings.services.series.changing import change_series
from evbooking.core.models import DomainEvent
from evbooking.core.relay import relay
from payments.errors import AlreadySecured, PaymentsNotReady
from payments.ledger.checking import check_ledger
from payments.models import BookingAccount, Payment
from payments.sandbox.tests.running import Running
from payments.services import series as module
from payments.services.checkout import start_checkout
from payments.services.intake import process_due
from payments.services.settling import settle_due
from payments.services.sweeping import authorise_due, remind_failed, sweep_holds, sweep_payments
from payments.services.sync import sync_payment
from payments.tests.paying import DECLINED, NOW, SAVED_BUT_EMPTY, Webhooks, decline_of
from payments.tests.series.dates import FIRST, HOUR, WEEK, Book, assert_books_are_clean, states, told
from tests.factories import make_booking, make_station

pytestmark = pytest.mark.django_db

Pay = Callable[..., str]


def test_one_card_set_up_is_asked_for_whichever_date_is_opened(held: Book) -> None:
    series = held()
    first, second, _ = dates_of(series)
    checkout = start_checkout(first, now=NOW)
    assert (checkout.kind, str(checkout.amount)) == ("setup_intent", "0.00 EUR")
    assert checkout.hold_expires_at == NOW + timedelta(minutes=10)
    again = start_checkout(second, now=NOW)
    assert again.client_secret == checkout.client_secret
    assert Payment.objects.count() == 1
    assert states(series) == [("HELD", "processing", "0.00")] * 3


def test_paid_once_every_date_is_promised_and_told_of_together(own_sandbox: Running, paid: Book) -> None:
    series = paid()
    assert states(series) == [("RESERVED", "secured", "0.00")] * 3
    assert told() == ["series.booked"]
    assert [
        event.data["told_with_series"] for event in DomainEvent.objects.filter(type="booking.reserved")
    ] == [True] * 3
    assert set(BookingAccount.objects.values_list("payment_method", flat=True)) != {""}
    assert_books_are_clean()


def test_each_date_is_authorised_by_its_own_start(paid: Book, own_sandbox: Running) -> None:
    series = paid()
    first, second, third = dates_of(series)
    plan = BookingAccount.objects.order_by("booking__start").values_list(
        "strategy", "authorise_at", "estimate_amount"
    )
    assert list(plan) == [
        ("SAVE_CARD", NOW, Decimal("6.60")),
        ("SAVE_CARD", second.start - 48 * HOUR, Decimal("6.60")),
        ("SAVE_CARD", third.start - 48 * HOUR, Decimal("6.60")),
    ]
    assert authorise_due(NOW) == 1
    assert states(series) == [("RESERVED", "secured", "6.60"), *[("RESERVED", "secured", "0.00")] * 2]
    own_sandbox.advance(6 * 86_400)
    assert authorise_due(second.start - 49 * HOUR) == 0
    assert authorise_due(second.start - 48 * HOUR) == 1
    assert [amount for *_, amount in states(series)] == ["6.60", "6.60", "0.00"]
    assert Payment.objects.filter(kind="SETUP").count() == 1
    assert first.pk != second.pk


def test_paid_in_advance_each_date_is_charged_at_its_own_time(own_sandbox: Running, paid: Book) -> None:
    series = paid(security="PREPAYMENT")
    assert states(series) == [("RESERVED", "secured", "0.00")] * 3
    assert_books_are_clean()
    assert authorise_due(NOW) == 1
    assert states(series) == [("RESERVED", "captured", "5.50"), *[("RESERVED", "secured", "0.00")] * 2]
    own_sandbox.advance(6 * 86_400)
    assert authorise_due(FIRST + WEEK - 48 * HOUR) == 1
    charges = Payment.objects.filter(purpose="SCHEDULED").values_list("kind", "captured_amount")
    assert list(charges) == [("CHARGE", Decimal("5.50"))] * 2


def test_a_deposit_is_charged_for_each_date(own_sandbox: Running, paid: Book) -> None:
    series = paid(security="DEPOSIT", deposit_amount=Decimal(2))
    authorise_due(NOW)
    assert states(series)[0] == ("RESERVED", "captured", "2.00")
    assert_books_are_clean()


def test_the_webhook_alone_does_it_and_twice_is_once(held: Book, pay: Pay, webhooks: Webhooks) -> None:
    series = held()
    pay(start_checkout(dates_of(series)[1], now=NOW))
    events = webhooks.deliver("setup_intent.succeeded")
    assert len(events) == 1
    process_due(NOW)
    assert states(series) == [("RESERVED", "secured", "0.00")] * 3
    sync_payment(Payment.objects.get(), now=NOW)
    assert told() == ["series.booked"]


def test_a_lost_webhook_is_made_up_for_when_the_holds_end(held: Book, pay: Pay) -> None:
    series = held()
    pay(start_checkout(dates_of(series)[0], now=NOW))
    later = NOW + timedelta(minutes=11)
    expire_holds(later)
    assert states(series) == [("HELD", "processing", "0.00")] * 3
    sweep_holds(later)
    assert states(series) == [("RESERVED", "secured", "0.00")] * 3
    assert told() == ["series.booked"]


def test_a_worker_killed_between_two_dates_leaves_what_the_sweeper_finishes(
    held: Book, pay: Pay, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = held()
    checkout = start_checkout(dates_of(series)[0], now=NOW)
    pay(checkout)
    whole, calls = confirm_secured, []

    def dies_at_the_second(booking: Booking, **more: Any) -> Booking:
        calls.append(booking)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(booking, **more)

    monkeypatch.setattr(module, "confirm_secured", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        sync_payment(checkout.payment, now=NOW)
    assert [status for status, *_ in states(series)] == ["RESERVED", "HELD", "HELD"]
    monkeypatch.undo()
    sweep_holds(NOW + timedelta(minutes=11))
    assert [status for status, *_ in states(series)] == ["RESERVED"] * 3
    assert told() == ["series.booked"]


def test_nobody_pays_and_every_date_is_free_again(held: Book) -> None:
    series = held()
    start_checkout(dates_of(series)[0], now=NOW)
    later = NOW + timedelta(minutes=11)
    sweep_holds(later)
    assert [status for status, *_ in states(series)] == ["EXPIRED"] * 3
    assert Payment.objects.get().status == "CANCELED"
    sweep_payments(later)
    with pytest.raises(HoldExpired):
        start_checkout(dates_of(series)[0], now=later)
    assert told() == []


def test_a_declined_card_leaves_the_dates_held_for_another(held: Book, sandbox: Running, pay: Pay) -> None:
    series = held()
    checkout = start_checkout(dates_of(series)[0], now=NOW)
    assert decline_of(sandbox, checkout, DECLINED)
    sync_payment(checkout.payment, now=NOW)
    assert [status for status, *_ in states(series)] == ["HELD"] * 3
    pay(checkout)
    sync_payment(checkout.payment, now=NOW)
    assert [status for status, *_ in states(series)] == ["RESERVED"] * 3
    with pytest.raises(AlreadySecured):
        start_checkout(dates_of(series)[0], now=NOW)


def test_a_success_that_comes_late_claims_what_is_free_and_leaves_what_is_taken(
    held: Book, pay: Pay, stranger: User
) -> None:
    series = held()
    checkout = start_checkout(dates_of(series)[0], now=NOW)
    late = NOW + timedelta(minutes=45)
    for booking in dates_of(series):
        Booking.objects.filter(pk=booking.pk).update(status="EXPIRED")
    second = dates_of(series)[1]
    make_booking(second.evse, stranger, start=second.start)
    pay(checkout)
    sync_payment(checkout.payment, now=late)
    assert [status for status, *_ in states(series)] == ["RESERVED", "EXPIRED", "RESERVED"]
    assert told() == ["series.booked"]
    settle_due(late)
    assert BookingAccount.objects.get(booking=second).state == "SETTLED"


def test_one_card_that_refuses_later_loses_that_date_alone(paid: Book) -> None:
    series = paid(card=SAVED_BUT_EMPTY)
    authorise_due(NOW)
    assert states(series)[0][:2] == ("RESERVED", "failed")
    assert [payment for _, payment, _ in states(series)][1:] == ["secured"] * 2
    assert told("payment.action_required") == ["payment.action_required"]
    remind_failed(FIRST)
    assert [status for status, *_ in states(series)] == ["CANCELED", "RESERVED", "RESERVED"]


def test_all_are_moved_to_a_dearer_time_under_the_saved_card(paid: Book, driver: User) -> None:
    series = paid()
    authorise_due(NOW)
    change = SeriesChange(since=FIRST.date(), lasting=2 * HOUR)
    done = change_series(series, change, actor=driver, now=NOW)
    assert [(one.moved, one.replacement is not None) for one in done] == [
        (False, True),  # its card was asked already: the difference is paid by itself
        (True, False),
        (True, False),
    ]
    while relay():
        pass
    estimates = BookingAccount.objects.order_by("booking__start").values_list(
        "estimate_amount", "authorise_at"
    )
    second, third = (one.start - 48 * HOUR for one in list(dates_of(series))[1:])
    assert list(estimates) == [
        (Decimal("6.60"), None),
        (Decimal("13.20"), second),
        (Decimal("13.20"), third),
    ]


def test_a_date_paid_in_advance_that_moves_is_charged_at_its_new_time(paid: Book, driver: User) -> None:
    series = paid(security="PREPAYMENT")
    change_series(series, SeriesChange(since=(FIRST + WEEK).date(), lasting=2 * HOUR), actor=driver, now=NOW)
    while relay():
        pass
    at = BookingAccount.objects.order_by("booking__start").values_list("authorise_at", flat=True)
    assert list(at) == [NOW, *(one.start - 48 * HOUR for one in list(dates_of(series))[1:])]


def test_canceling_all_takes_the_fee_of_the_near_one_and_nothing_else(
    own_sandbox: Running, paid: Book, driver: User
) -> None:
    series = paid(cancel_until_minutes=2 * 24 * 60, late_cancel_share=50)
    authorise_due(NOW)
    done = cancel_series(series, actor=driver, now=NOW)
    assert (str(done.fee), str(done.refund)) == ("2.75 EUR", "3.85 EUR")
    while relay():
        pass
    settle_due(NOW + HOUR)
    settle_due(NOW + HOUR)
    taken = Payment.objects.exclude(captured_amount=0).values_list("captured_amount", flat=True)
    assert list(taken) == [Decimal("2.75")]
    assert set(BookingAccount.objects.values_list("state", flat=True)) == {"SETTLED"}
    assert_books_are_clean()


def test_the_date_that_carries_the_payment_may_be_canceled_and_the_rest_paid(
    own_sandbox: Running, held: Book, pay: Pay, driver: User
) -> None:
    series = held()
    start_checkout(dates_of(series)[0], now=NOW)
    cancel(dates_of(series)[0], actor=driver, now=NOW)
    while relay():
        pass
    settle_due(NOW)
    checkout = start_checkout(dates_of(series)[1], now=NOW)
    pay(checkout)
    sync_payment(checkout.payment, now=NOW)
    assert [status for status, *_ in states(series)] == ["CANCELED", "RESERVED", "RESERVED"]
    assert_books_are_clean()


def test_an_operator_who_cannot_be_paid_leaves_nothing(held: Book) -> None:
    series = held(station=make_station(terms={"payment": "ONLINE"}))
    with pytest.raises(PaymentsNotReady):
        start_checkout(dates_of(series)[0], now=NOW)
    assert not BookingAccount.objects.exists()
    assert not Payment.objects.exists()


def test_a_promised_date_whose_series_saved_no_card_is_named_by_the_check(
    own_sandbox: Running, paid: Book
) -> None:
    """The guard, off: without the saved card the slots of the series are unsecured."""
    paid()
    assert check_ledger(NOW) == []
    Payment.objects.filter(purpose="SERIES").update(status="CANCELED")
    assert {one.kind for one in check_ledger(NOW)} >= {"unsecured"}
    assert sum(one.kind == "unsecured" for one in check_ledger(NOW)) == 3
