"""The owner's revenue: the API with its CSV, and the page; all from the books."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Operator, User
from charging.models import CDR
from charging.services.bills import credit_cdr
from evbooking.core.relay import relay
from payments.ledger import post_bill, post_capture, post_dispute, post_payout, post_refund
from payments.models import BookingAccount, Dispute, OperatorAccount
from payments.selectors.revenue import Figures, revenue_days, settled, vat_by_rate
from payments.tests.bills import START, billed_visit
from payments.tests.ledger.making import captured, disputed, paid_out, refunded
from stations.models import Station
from tests.factories import make_station, make_tariff

pytestmark = pytest.mark.django_db
ZERO = Decimal(0)
Api = Callable[[User | None], APIClient]
URL = "/api/v1/operator/reports/revenue"
DECEMBER = {"since": date(2026, 12, 1), "before": date(2027, 1, 1)}
QUERY = {"from": "2026-12-01", "to": "2027-01-01"}


@pytest.fixture
def visit(station: Station, driver: User) -> tuple[BookingAccount, CDR]:
    return billed_visit(station.evses.earliest("uid"), driver)


@pytest.fixture
def books(visit: tuple[BookingAccount, CDR], operator: Operator) -> BookingAccount:
    """5.50 EUR billed, paid and 1.00 of it refunded, on 1 December; 2.00 paid out; 9.00 left."""
    account, cdr = visit
    payment = captured(account, "5.50")
    post_bill(cdr, fee_share=account.fee_share)
    post_capture(payment)
    post_refund(refunded(payment, "1.00"))
    money = OperatorAccount.objects.create(
        operator=operator, code="NORD", created_at=START, last_updated=START
    )
    post_payout(paid_out(money, "2.00"))
    return account


def test_a_station_day_says_what_was_billed_and_whose_it_is(
    books: BookingAccount, operator: Operator, station: Station
) -> None:
    [day] = revenue_days(operator, **DECEMBER)
    assert (day.station_id, day.name, day.day, day.currency) == (
        station.pk, station.name, date(2026, 12, 1), "EUR",
    )  # fmt: skip
    assert day.figures == Figures(
        bills=1, turnover=Decimal("5.5"), vat=Decimal("0.88"), fees=Decimal("0.28"), refunds=Decimal(1)
    )
    assert day.figures.earned == Decimal("5.22")


def test_what_was_paid_out_and_what_is_left_are_told_to_the_end_of_the_window(
    books: BookingAccount, operator: Operator
) -> None:
    [end] = settled(operator, **DECEMBER)
    assert (end.currency, end.paid_out, end.outstanding) == ("EUR", Decimal(2), Decimal("3.22"))
    assert settled(operator, since=date(2026, 11, 1), before=date(2026, 12, 1)) == []


def test_a_credit_takes_the_turnover_back_and_counts_as_a_bill(
    visit: tuple[BookingAccount, CDR], operator: Operator
) -> None:
    credit_cdr(visit[1], reason="wrong", actor=None, now=START.replace(day=3))
    relay()
    first, third = revenue_days(operator, **DECEMBER)
    assert (first.day, first.figures.turnover) == (date(2026, 12, 1), Decimal("5.5"))
    assert (third.day, third.figures.turnover, third.figures.fees) == (
        date(2026, 12, 3), Decimal("-5.5"), Decimal("-0.28"),
    )  # fmt: skip
    [row] = vat_by_rate(operator, **DECEMBER)
    assert (row.rate, row.before_taxes, row.taxes) == (Decimal(19), ZERO, ZERO)


def test_what_was_paid_at_the_charger_is_turnover_that_is_not_outstanding(
    visit: tuple[BookingAccount, CDR], operator: Operator
) -> None:
    visit[0].delete()
    relay()
    [day] = revenue_days(operator, **DECEMBER)
    assert (day.figures.turnover, day.figures.on_site, day.figures.fees) == (
        Decimal("5.5"),
        Decimal("5.5"),
        ZERO,
    )
    assert settled(operator, **DECEMBER)[0].outstanding == 0


def test_a_lost_dispute_is_what_the_operator_bears(books: BookingAccount, operator: Operator) -> None:
    post_dispute(
        disputed(books.payments.get(), "5.50", status=Dispute.Status.LOST, held_amount=Decimal("5.22"))
    )
    [day] = revenue_days(operator, **DECEMBER)
    assert (day.figures.lost, day.figures.earned) == (Decimal("5.22"), ZERO)


def test_days_begin_at_midnight_of_each_site(operator: Operator, driver: User) -> None:
    for zone in ("Asia/Tokyo", "America/New_York"):
        station = make_station(operator, tariff=make_tariff(operator), name=zone, time_zone=zone)
        late = datetime(2026, 12, 1, 20, tzinfo=UTC)  # 5:00 on the 2nd in Tokyo, 15:00 on the 1st in New York
        billed_visit(station.evses.get(), driver, start=late)
    relay()
    days = {day.name: day.day for day in revenue_days(operator, **DECEMBER)}
    assert days == {"America/New_York": date(2026, 12, 1), "Asia/Tokyo": date(2026, 12, 2)}
    first = {"since": date(2026, 12, 1), "before": date(2026, 12, 2)}
    assert [day.name for day in revenue_days(operator, **first)] == ["America/New_York"]


def test_vat_is_summed_by_rate(visit: tuple[BookingAccount, CDR], operator: Operator) -> None:
    relay()
    [row] = vat_by_rate(operator, **DECEMBER)
    assert (row.rate, row.currency, row.before_taxes, row.taxes) == (
        Decimal(19), "EUR", Decimal("4.62"), Decimal("0.88"),
    )  # fmt: skip


def test_the_api_gives_totals_vat_and_a_row_a_station_and_day(
    api: Api, owner: User, books: BookingAccount, operator: Operator, station: Station
) -> None:
    answer = api(owner).get(URL, QUERY)
    assert answer.status_code == 200

    def money(amount: str) -> dict[str, str]:
        return {"amount": amount, "currency": "EUR"}

    figures = {
        "bills": 1,
        "turnover": money("5.50"),
        "vat": money("0.88"),
        "fees": money("0.28"),
        "on_site": money("0.00"),
        "refunds": money("1.00"),
        "lost": money("0.00"),
    }
    assert answer.json() == {
        "operator": str(operator.pk),
        "totals": [{**figures, "paid_out": money("2.00"), "outstanding": money("3.22")}],
        "vat": [{"rate": "19", "before_taxes": money("4.62"), "taxes": money("0.88")}],
        "results": [{"station_id": str(station.pk), "name": station.name, "day": "2026-12-01", **figures}],
    }


def test_the_csv_cannot_run_a_formula(api: Api, owner: User, books: BookingAccount, station: Station) -> None:
    Station.objects.update(name="=1+1")
    answer = api(owner).get(URL, {**QUERY, "format": "csv"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.decode().splitlines() == [
        "day,station_id,name,currency,bills,turnover,vat,fees,on_site,refunds,lost",
        f"2026-12-01,{station.pk},'=1+1,EUR,1,5.50,0.88,0.28,0.00,1.00,0.00",
    ]


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ({"from": "2026-12-01"}, "to", "required"),
        ({"from": "2026-12-02", "to": "2026-12-01"}, "to", "end_before_start"),
        ({"from": "2026-12-01", "to": "2028-01-01"}, "to", "range_too_long"),
        ({"from": "2026-12-01T00:00:00", "to": "2026-12-02"}, "from", "naive_time"),
        ({**QUERY, "format": "xml"}, "format", "invalid"),
    ],
)
def test_a_window_that_cannot_be_is_refused(
    api: Api, owner: User, operator: Operator, query: dict[str, str], field: str, code: str
) -> None:
    answer = api(owner).get(URL, query)
    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]


def test_staff_and_strangers_are_refused_and_rivals_see_their_own(
    api: Api, staff: User, stranger: User, rival: User, books: BookingAccount
) -> None:
    assert [api(user).get(URL, QUERY).status_code for user in (staff, stranger)] == [403, 403]
    assert api(rival).get(URL, QUERY).json()["results"] == []


def page(client: Client, user: User, **query: str) -> str:
    client.force_login(user)
    answer = client.get("/operator/money/revenue/", {"first": "2026-12-01", "last": "2026-12-31", **query})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_shows_totals_stations_vat_days_and_a_plot(
    client: Client, owner: User, books: BookingAccount, station: Station
) -> None:
    html = page(client, owner)
    for shown in ("Revenue of Nordstrom Charging", station.name, "5.50", "0.88", "0.28", "3.22", "19 %"):
        assert shown in html
    assert "Turnover in EUR, the most: <strong>5.50 EUR</strong> (1 Dec 2026)" in html
    assert html.count('class="plot__column') == 31


def test_a_long_window_is_shown_by_month(client: Client, owner: User, books: BookingAccount) -> None:
    html = page(client, owner, first="2026-01-01")
    assert html.count('class="plot__column') == 12
    assert "(Dec 2026)" in html


def test_a_window_without_bills_says_so(client: Client, owner: User, station: Station) -> None:
    assert "Nothing was billed in these days" in page(client, owner)


def test_the_page_asks_the_database_the_same_for_many_stations(
    client: Client, owner: User, operator: Operator, driver: User, django_assert_num_queries: Any
) -> None:
    for _ in range(4):
        station = make_station(operator, tariff=make_tariff(operator))
        billed_visit(station.evses.get(), driver)
    relay()
    client.force_login(owner)
    with django_assert_num_queries(12):
        client.get("/operator/money/revenue/", {"first": "2026-12-01", "last": "2026-12-31"})
