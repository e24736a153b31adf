"""GET /api/v1/payments: a driver's payments with their refunds, filtered, in pages, and conditional."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from payments.models import BookingAccount, Payment, Refund
from payments.tests.bills import END, START, billed_visit
from payments.tests.ledger.making import captured, refunded
from stations.models import Station

pytestmark = pytest.mark.django_db
URL = "/api/v1/payments"
Api = Callable[[User | None], APIClient]


@pytest.fixture
def account(station: Station, driver: User) -> BookingAccount:
    return billed_visit(station.evses.earliest("uid"), driver)[0]


@pytest.fixture
def paid(account: BookingAccount) -> Payment:
    """5.50 EUR, of which 1.10 went back; 0.50 more were tried and came back from the bank."""
    payment = captured(account, "5.50", card="Visa ending in 4242")
    refunded(payment, "1.10", words="The charger was slow.")
    refunded(payment, "0.50", status=Refund.Status.FAILED, words="Once more.")
    return payment


def listed(api: Api, user: User, **query: Any) -> list[dict[str, Any]]:
    answer = api(user).get(URL, query)
    assert answer.status_code == 200, answer.json()
    rows: list[dict[str, Any]] = answer.json()["results"]
    return rows


def test_a_payment_shows_what_was_taken_and_given_back(api: Api, paid: Payment, driver: User) -> None:
    [row] = listed(api, driver)
    refunds = row.pop("refunds")
    assert row == {
        "id": str(paid.pk),
        "booking": paid.account.booking.reference,
        "kind": "AUTHORISATION",
        "purpose": "CHECKOUT",
        "status": "CAPTURED",
        "amount": {"amount": "5.50", "currency": "EUR"},
        "authorised": {"amount": "0.00", "currency": "EUR"},
        "captured": {"amount": "5.50", "currency": "EUR"},
        "refunded": {"amount": "1.10", "currency": "EUR"},
        "card": "Visa ending in 4242",
        "failure": "",
        "created_at": "2026-12-01T09:00:00Z",
        "captured_at": "2026-12-01T09:00:00Z",
        "last_updated": "2026-12-01T09:00:00Z",
    }
    told = {(one["amount"]["amount"], one["status"], one["reason"], one["words"]) for one in refunds}
    assert told == {
        ("1.10", "SUCCEEDED", "CORRECTION", "The charger was slow."),
        ("0.50", "FAILED", "CORRECTION", "Once more."),
    }


def test_nobody_sees_the_payments_of_another(api: Api, paid: Payment, stranger: User) -> None:
    assert listed(api, stranger) == []
    assert api(None).get(URL).status_code == 401


def test_the_newest_comes_first_and_pages_follow(api: Api, paid: Payment, driver: User) -> None:
    newer = captured(paid.account, "2.00", purpose=Payment.Purpose.EXTRA)
    Payment.objects.filter(pk=newer.pk).update(created_at=END + timedelta(hours=1))
    first = api(driver).get(URL, {"page_size": 1}).json()
    second = api(driver).get(first["next"]).json()
    assert [row["id"] for row in (*first["results"], *second["results"])] == [str(newer.pk), str(paid.pk)]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "CAPTURED"}, 1),
        ({"status": "FAILED"}, 0),
        ({"booking": "AAAAAAAA"}, 0),
        ({"from": "2026-12-01T09:00:00Z"}, 1),
        ({"to": "2026-12-01T09:00:00Z"}, 0),
        ({"from": "2026-12-01", "to": "2026-12-02"}, 1),
        ({"to": "2026-12-01"}, 0),
        ({"updated_since": "2026-12-01T09:00:00Z"}, 1),
        ({"updated_since": "2026-12-01T09:00:01Z"}, 0),
    ],
)
def test_filters_choose(api: Api, paid: Payment, driver: User, query: dict[str, str], found: int) -> None:
    assert len(listed(api, driver, **query)) == found


def test_a_booking_is_asked_for_by_its_reference(api: Api, paid: Payment, driver: User) -> None:
    assert len(listed(api, driver, booking=paid.account.booking.reference)) == 1


def test_a_day_is_one_of_the_stations_calendar(api: Api, paid: Payment, driver: User) -> None:
    late = START.replace(hour=23, minute=30)  # half past midnight in Hamburg
    Payment.objects.update(created_at=late)
    assert len(listed(api, driver, **{"from": "2026-12-02"})) == 1
    assert listed(api, driver, to="2026-12-02") == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"status": "PAID"}, "invalid"),
        ({"from": "2026-12-01T09:00:00"}, "naive_time"),
        ({"updated_since": "yesterday"}, "invalid"),
        ({"booking": "A" * 9}, "too_long_text"),
    ],
)
def test_what_is_no_filter_is_refused_by_its_name(
    api: Api, driver: User, query: dict[str, str], code: str
) -> None:
    answer = api(driver).get(URL, query)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert [error["field"] for error in answer.json()["errors"]] == list(query)


def test_the_answer_is_new_when_a_refund_moves(api: Api, paid: Payment, driver: User) -> None:
    etag = api(driver).get(URL)["ETag"]
    assert api(driver).get(URL, headers={"If-None-Match": etag}).status_code == 304
    Refund.objects.filter(amount=Decimal("1.10")).update(last_updated=END + timedelta(hours=1))
    assert api(driver).get(URL, headers={"If-None-Match": etag}).status_code == 200
    assert len(listed(api, driver, updated_since="2026-12-01T10:00:00Z")) == 1
