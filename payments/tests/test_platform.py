"""The administrators' report: the API with its CSV, and the page with the last check of the books."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Operator, User
from bookings.models import BookingTransition
from evbooking.core.relay import relay
from payments.ledger import post_bill, post_capture, post_dispute, post_fee, post_refund, post_subscription
from payments.models import BookingAccount, Dispute, LedgerCheck
from payments.selectors.platform import Holds, PlatformFigures, Unpaid, holds, platform_months, unpaid
from payments.tests.bills import END, billed_visit
from payments.tests.ledger.entries import euro
from payments.tests.ledger.making import captured, disputed, refunded
from stations.models import Station
from tests.factories import make_booking, make_operator, make_station, make_tariff

pytestmark = pytest.mark.django_db
ZERO = Decimal(0)
Api = Callable[[User | None], APIClient]
URL = "/api/v1/admin/reports/platform"
QUERY = {"from": "2026-12-01", "to": "2027-01-01"}
DECEMBER = (datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


@pytest.fixture
def books(station: Station, driver: User, operator: Operator) -> BookingAccount:
    """Billed 5.50, paid, 1.00 refunded, disputed and lost; Stripe kept 0.33; the operator paid 49 for its plan."""
    account, cdr = billed_visit(station.evses.earliest("uid"), driver)
    payment = captured(account, "5.50")
    post_bill(cdr, fee_share=account.fee_share)
    post_capture(payment)
    post_fee(payment, balance_transaction="txn_1", amount=euro("0.33"), occurred_at=END)
    post_refund(refunded(payment, "1.00"))
    held = {"status": Dispute.Status.LOST, "held_amount": Decimal("4.00")}
    post_dispute(disputed(payment, "4.50", **held))
    post_subscription(operator, invoice="in_1", amount=euro("49"), occurred_at=END)
    return account


FIGURES = PlatformFigures(
    turnover=Decimal("5.5"),
    online=Decimal("5.5"),
    fees=Decimal("0.28"),
    plans=Decimal(49),
    stripe_fees=Decimal("0.33"),
    lost=Decimal("0.5"),
    refunds=Decimal(1),
    disputed=Decimal("4.5"),
)


def test_a_month_of_an_operator_says_what_the_platform_keeps(
    books: BookingAccount, operator: Operator
) -> None:
    [month] = platform_months(*DECEMBER)
    assert (month.operator_id, month.name, month.month, month.currency) == (
        operator.pk, "Nordstrom Charging", date(2026, 12, 1), "EUR",
    )  # fmt: skip
    assert month.figures == FIGURES
    assert month.figures.net == Decimal("48.45")  # 0.28 + 49 - 0.33 - 0.50


def test_what_is_paid_at_the_charger_is_turnover_but_not_online(station: Station, driver: User) -> None:
    billed_visit(station.evses.earliest("uid"), driver)[0].delete()
    relay()
    [month] = platform_months(*DECEMBER)
    assert (month.figures.turnover, month.figures.online, month.figures.fees) == (Decimal("5.5"), ZERO, ZERO)


def test_operators_and_months_are_told_apart(driver: User) -> None:
    for name, start in (("A", END), ("B", END), ("B", END + timedelta(days=40))):
        operator = Operator.objects.filter(name=name).first() or make_operator(name)
        station = make_station(operator, tariff=make_tariff(operator))
        billed_visit(station.evses.get(), driver, start=start)
    relay()
    both = platform_months(DECEMBER[0], DECEMBER[1] + timedelta(days=31))
    assert [(one.name, one.month.month) for one in both] == [("A", 12), ("B", 12), ("B", 1)]
    assert [one.name for one in platform_months(*DECEMBER)] == ["A", "B"]


def test_holds_are_counted_by_how_they_ended(station: Station, driver: User) -> None:
    evse = station.evses.earliest("uid")

    def step(number: int, old: str, new: str, **fields: Any) -> None:
        booking = make_booking(evse, driver, start=END + timedelta(days=number), status="CANCELED", **fields)
        BookingTransition.objects.create(booking=booking, at=END, from_status=old, to_status=new)

    online = {"terms": {"payment": "ONLINE"}}
    step(1, "HELD", "RESERVED", **online)
    step(2, "HELD", "PENDING", **online)
    step(3, "EXPIRED", "RESERVED", **online)
    step(4, "HELD", "EXPIRED", **online)
    step(5, "RESERVED", "CANCELED", **online)
    step(6, "HELD", "EXPIRED", terms={"payment": "ON_SITE"})
    step(7, "HELD", "EXPIRED", total_amount=0, **online)
    moved = make_booking(evse, driver, start=END + timedelta(days=8), status="CANCELED")
    step(9, "HELD", "EXPIRED", replaces=moved, reference=None, **online)
    assert holds(*DECEMBER) == Holds(paid=3, abandoned=1)
    assert holds(*DECEMBER).conversion == Decimal("0.75")
    assert holds(DECEMBER[1], DECEMBER[1]).conversion is None


def test_what_could_not_be_charged_is_told(station: Station, driver: User) -> None:
    billed_visit(station.evses.earliest("uid"), driver)
    relay()
    BookingAccount.objects.update(state=BookingAccount.State.UNPAID)
    assert unpaid() == [Unpaid("EUR", 1, Decimal("5.5"))]
    BookingAccount.objects.update(state=BookingAccount.State.DUE, due_at=END)
    assert unpaid() == []


def test_the_api_gives_a_row_an_operator_and_month(
    api: Api, administrator: User, books: BookingAccount, operator: Operator
) -> None:
    answer = api(administrator).get(URL, QUERY)
    assert answer.status_code == 200
    amounts = {
        "turnover": "5.50", "online": "5.50", "fees": "0.28", "plans": "49.00", "stripe_fees": "0.33",
        "lost": "0.50", "refunds": "1.00", "disputed": "4.50", "net": "48.45",
    }  # fmt: skip
    assert answer.json() == {
        "results": [
            {
                "operator": str(operator.pk),
                "name": "Nordstrom Charging",
                "month": "2026-12-01",
                **{name: {"amount": amount, "currency": "EUR"} for name, amount in amounts.items()},
            }
        ],
        "holds": {"paid": 0, "abandoned": 0, "conversion": None},
        "unpaid": [],
    }


def test_the_csv_is_the_same_and_runs_no_formula(
    api: Api, administrator: User, books: BookingAccount, operator: Operator
) -> None:
    Operator.objects.update(name="@SUM(A1)")
    answer = api(administrator).get(URL, {**QUERY, "format": "csv"})
    assert answer.content.decode().splitlines() == [
        "month,operator_id,name,currency,turnover,online,fees,plans,stripe_fees,lost,refunds,disputed,net",
        f"2026-12-01,{operator.pk},'@SUM(A1),EUR,5.50,5.50,0.28,49.00,0.33,0.50,1.00,4.50,48.45",
    ]


def test_a_window_of_more_than_a_year_is_refused(api: Api, administrator: User) -> None:
    answer = api(administrator).get(URL, {"from": "2026-01-01", "to": "2027-02-01"})
    assert (answer.status_code, answer.json()["code"]) == (422, "range_too_long")


def test_nobody_else_sees_the_platforms_money(api: Api, owner: User, books: BookingAccount) -> None:
    assert api(owner).get(URL, QUERY).status_code == 403


def page(client: Client, administrator: User) -> str:
    client.force_login(administrator)
    answer = client.get("/console/money/", {"first": "2026-01-01", "last": "2026-12-31"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_shows_what_is_kept_and_plots_each_month(
    client: Client, administrator: User, books: BookingAccount
) -> None:
    html = page(client, administrator)
    for shown in ("Nordstrom Charging", "5.50", "48.45", "49.00", "Not checked yet"):
        assert shown in html
    assert "Kept by the platform in EUR, the most: <strong>48.45 EUR</strong> (Dec 2026)" in html
    assert html.count('class="plot__column') == 24


def test_the_page_shows_what_the_last_check_found(client: Client, administrator: User) -> None:
    found = [{"kind": "refund", "subject": "refund:1", "detail": "should be 1, is 2"}]
    LedgerCheck.objects.create(checked_at=END, count=1, differences=found)
    html = page(client, administrator)
    assert "1 found on 1 Dec 2026" in html
    assert "should be 1, is 2" in html
    LedgerCheck.objects.create(checked_at=END + timedelta(days=1), count=0)
    assert "In order" in page(client, administrator)


def test_the_page_asks_the_database_the_same_for_many_operators(
    client: Client, administrator: User, driver: User, django_assert_num_queries: Any
) -> None:
    for _ in range(3):
        station = make_station()
        billed_visit(station.evses.get(), driver)
    relay()
    client.force_login(administrator)
    with django_assert_num_queries(8):
        client.get("/console/money/", {"first": "2026-12-01", "last": "2026-12-31"})
