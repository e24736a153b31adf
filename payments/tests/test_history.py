"""The driver's history of payments: what it shows, to whom, and as a table."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from payments.models import BookingAccount, Payment, Refund
from payments.services.documents import issue_for_cdr
from payments.tests.bills import END, START, billed_visit
from stations.models import Station

pytestmark = pytest.mark.django_db
PATH = "/account/payments/"


@pytest.fixture
def account(station: Station, driver: User) -> BookingAccount:
    """5.50 paid on 1 December, 2 given back the day after, and 20 authorised for another booking."""
    account, cdr = billed_visit(station.evses.earliest("uid"), driver)
    issue_for_cdr(cdr, now=END)
    paid = payment(account, "CAPTURED", amount="7.50", captured_amount=Decimal("7.50"), captured_at=END)
    Refund.objects.create(
        payment=paid,
        amount=2,
        currency="EUR",
        reason=Refund.Reason.GOODWILL,
        status=Refund.Status.SUCCEEDED,
        created_at=END + timedelta(days=1),
        last_updated=END + timedelta(days=1),
    )
    other, _ = billed_visit(station.evses.latest("uid"), driver)
    payment(other, "AUTHORISED", amount="20", authorised_amount=Decimal(20))
    return account


def payment(account: BookingAccount, status: str, **fields: Any) -> Payment:
    return Payment.objects.create(
        account=account,
        driver=account.booking.driver,
        kind=Payment.Kind.AUTHORISATION,
        purpose=Payment.Purpose.CHECKOUT,
        status=status,
        currency="EUR",
        card="Visa ···· 4242",
        created_at=START - timedelta(days=1),
        last_updated=START,
        **fields,
    )


@pytest.fixture
def page(client: Client, driver: User) -> Client:
    client.force_login(driver)
    return client


def amounts(answer: Any) -> list[tuple[str, str]]:
    return [(row["words"], row["money"]["amount"]) for row in answer.context["rows"]]


def test_all_movements_stand_there_the_latest_first(page: Client, account: BookingAccount) -> None:
    answer = page.get(PATH)
    assert amounts(answer) == [("Refunded", "-2.00"), ("Paid", "7.50"), ("Authorised, not taken", "20.00")]
    assert "Invoice" in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"what": "paid"}, ["7.50"]),
        ({"what": "refunded"}, ["-2.00"]),
        ({"first": "2026-12-02"}, ["-2.00"]),
        ({"first": "2026-12-01", "last": "2026-12-01"}, ["7.50"]),
        ({"last": "2026-11-30"}, ["20.00"]),
        ({"what": "paid", "first": "2026-12-02"}, []),
    ],
)
def test_filters_choose(
    page: Client, account: BookingAccount, query: dict[str, str], expected: list[str]
) -> None:
    assert [amount for _, amount in amounts(page.get(PATH, query))] == expected


def test_a_filter_that_cannot_be_read_says_so(page: Client, account: BookingAccount) -> None:
    answer = page.get(PATH, {"first": "2026-12-05", "last": "2026-12-01"})
    assert "The last day must not come before the first." in answer.content.decode()
    assert "7.50" not in answer.content.decode()


def test_the_table_has_the_same_rows(page: Client, account: BookingAccount) -> None:
    answer = page.get(PATH, {"format": "csv", "what": "refunded"})
    booking = account.booking
    lines = answer.content.decode().splitlines()
    assert lines == [
        "time,what,amount,currency,card,booking,station",
        f"2026-12-02T09:00:00+00:00,refunded,-2.00,EUR,Visa ···· 4242,{booking.reference},{booking.station}",
    ]


def test_a_refund_that_failed_is_told_and_is_in_no_sum(page: Client, account: BookingAccount) -> None:
    Refund.objects.update(status=Refund.Status.FAILED)
    assert amounts(page.get(PATH))[0] == ("Refund failed, we are looking into it", "-2.00")
    lines = page.get(PATH, {"format": "csv"}).content.decode().splitlines()
    assert [line.split(",")[2] for line in lines] == ["amount", "7.50", "20.00"]


def test_nobody_sees_anothers(client: Client, stranger: User, account: BookingAccount) -> None:
    client.force_login(stranger)
    answer = client.get(PATH)
    assert answer.context["rows"] == []
    assert "Your payments will stand here" in answer.content.decode()


def test_the_page_takes_the_same_queries_for_many_rows(
    page: Client, account: BookingAccount, django_assert_num_queries: Any
) -> None:
    page.get(PATH)
    with django_assert_num_queries(6):
        page.get(PATH)
    for _ in range(20):
        payment(account, "CAPTURED", amount="1", captured_amount=Decimal(1), captured_at=END)
    with django_assert_num_queries(6):
        page.get(PATH)
