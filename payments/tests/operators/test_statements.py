"""An operator's month: every movement, adding up from the opening balance to the closing one."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import pairwise
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pypdf import PdfReader
from pytest_django import Settings

from accounts.models import Operator, User
from evbooking.core.errors import NotFound
from evbooking.core.money import Money
from payments.errors import PlanLimit
from payments.ledger import Entry, post_bill, post_capture, post_on_site, record, return_payout
from payments.ledger.payouts import post_payout
from payments.ledger.recording import Parties
from payments.models import LedgerEntry, LedgerTransaction, OperatorAccount
from payments.selectors.statements import Statement, statement_of
from payments.services.operator_accounts import operator_account
from payments.services.statements import csv_rows, render_statement, statement, summary_of
from payments.tests.bills import billed_visit
from payments.tests.ledger.making import captured, paid_out
from stations.models import Station

NOW = datetime(2027, 1, 15, tzinfo=UTC)
Account, Kind = LedgerEntry.Account, LedgerTransaction.Kind


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


@pytest.fixture
def account(operator: Operator) -> OperatorAccount:
    return operator_account(operator, now=NOW)


@pytest.fixture
def december(account: OperatorAccount, station: Station, driver: User) -> Statement:
    """A booking of 5.50 EUR paid online, one paid at the charger, and a payout of 5.00 EUR."""
    first, second = station.evses.order_by("uid")
    visit, online = billed_visit(first, driver)
    _, on_site = billed_visit(second, driver, start=datetime(2026, 12, 31, 21, tzinfo=UTC))
    with transaction.atomic():
        post_bill(online, fee_share=Decimal(5))
        post_capture(captured(visit, "5.50"))
        post_bill(on_site, fee_share=Decimal(0))
        post_on_site(on_site)
        post_payout(paid_out(account, "5.00"))
    return statement(account, year=2026, month=12, now=NOW)


def adds_up(told: Statement) -> bool:
    return told.opening + told.total() == told.closing


def test_a_month_has_every_bill_with_its_vat_and_fee(december: Statement) -> None:
    bill = next(line for line in december.lines if line.fee)
    assert (bill.net, bill.vat, bill.gross, bill.fee, bill.amount) == (
        eur("4.62"),
        eur("0.88"),
        eur("5.50"),
        eur("0.28"),
        eur("5.22"),
    )
    assert (december.opening, december.closing) == (eur("0"), eur("0.22"))
    assert summary_of(december) == [
        ("Opening balance", eur("0")),
        ("Bills and credits, less fees", eur("10.72")),
        ("Paid at the charger", eur("-5.50")),
        ("Payouts", eur("-5.00")),
        ("Closing balance", eur("0.22")),
    ]
    assert december.sums() == (eur("9.24"), eur("1.76"), eur("11.00"), eur("0.28"))
    assert adds_up(december)


def test_what_is_left_opens_the_next_month(december: Statement, account: OperatorAccount) -> None:
    january = statement(account, year=2027, month=1, now=NOW)
    assert (january.opening, january.lines, january.closing) == (eur("0.22"), [], eur("0.22"))


def test_a_month_begins_at_the_midnight_of_the_site(
    operator: Operator, station: Station, driver: User
) -> None:
    """31 December 23:30 UTC is 1 January in Hamburg."""
    _, cdr = billed_visit(
        station.evses.earliest("uid"), driver, start=datetime(2026, 12, 31, 22, 30, tzinfo=UTC)
    )
    with transaction.atomic():
        post_bill(cdr, fee_share=Decimal(5))
    told = [statement_of(operator, currency="EUR", year=year, month=m) for year, m in ((2026, 12), (2027, 1))]
    assert [len(one.lines) for one in told] == [0, 1]
    assert (told[0].first, told[0].last, told[0].zone.key) == (
        date(2026, 12, 1),
        date(2026, 12, 31),
        "Europe/Berlin",
    )


def test_a_payout_that_came_back_is_a_line_of_its_own(account: OperatorAccount) -> None:
    payout = paid_out(account, "5.00")
    with transaction.atomic():
        post_payout(payout)
        return_payout(payout)
    told = statement(account, year=2026, month=12, now=NOW)
    assert [line.amount for line in told.lines] == [eur("-5.00"), eur("5.00")]
    assert adds_up(told)


def test_another_operators_money_is_not_in_it(december: Statement, rival: User) -> None:
    other = rival.memberships.get().operator
    told = statement_of(other, currency="EUR", year=2026, month=12)
    assert (told.lines, told.closing) == ([], eur("0"))


@pytest.mark.parametrize(("year", "month"), [(2027, 2), (2026, 11), (2026, 13), (1, 0)])
def test_there_is_none_for_other_months(
    december: Statement, account: OperatorAccount, year: int, month: int
) -> None:
    with pytest.raises(NotFound):
        statement(account, year=year, month=month, now=NOW)


def test_the_free_plan_looks_back_a_year(
    december: Statement, account: OperatorAccount, settings: Settings
) -> None:
    settings.EVB_PAYMENTS = True
    later = datetime(2027, 12, 15, tzinfo=UTC)
    assert statement(account, year=2027, month=1, now=later).opening == eur("0.22")
    with pytest.raises(PlanLimit):
        statement(account, year=2026, month=12, now=later)


def test_the_table_has_every_line_and_both_balances(december: Statement) -> None:
    text = StringIO()
    csv.writer(text).writerows(csv_rows(december))
    rows = list(csv.reader(StringIO(text.getvalue())))
    assert (rows[0][2], rows[-1][2], rows[-1][8]) == ("Opening balance", "Closing balance", "0.22")
    assert sum(Decimal(row[8]) for row in rows[:-1]) == Decimal("0.22")
    assert [len(row) for row in rows] == [10] * (len(december.lines) + 2)


def test_the_pdf_holds_long_names_and_umlauts(december: Statement, account: OperatorAccount) -> None:
    account.legal_name = "Überlandelektrizitätsversorgungsgesellschaft Größenwahn & Söhne <GmbH> " * 2
    account.street = "Ä" * 120
    pdf = render_statement(december, account)
    words = PdfReader(BytesIO(pdf)).pages[0].extract_text()
    assert "Überlandelektrizitätsversorgungsgesellschaft Größenwahn & Söhne <GmbH>" in " ".join(words.split())
    assert words.count("Ä") == 120
    assert pdf == render_statement(december, account)


def test_a_month_of_many_lines_is_as_many_queries_as_one_of_few(december: Statement) -> None:
    with CaptureQueriesContext(connection) as asked:
        statement_of(december.operator, currency="EUR", year=2026, month=12)
    assert len(asked) == 5


MOMENTS = st.integers(0, 150 * 24 * 60).map(
    lambda minutes: datetime(2026, 10, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
MOVES = st.tuples(
    st.sampled_from([Kind.BILL, Kind.ON_SITE, Kind.DISPUTE, Kind.PAYOUT]),
    MOMENTS,
    st.decimals(-500, 500, places=2),
    st.decimals(-90, 90, places=2),
    st.uuids(version=4),
)


@examples(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(MOVES, max_size=25, unique_by=lambda move: move[4]))
def test_any_month_adds_up_and_opens_with_what_the_last_one_closed_with(
    operator: Operator, moves: list[tuple[LedgerTransaction.Kind, datetime, Decimal, Decimal, UUID]]
) -> None:
    with transaction.atomic():
        for kind, at, net, tax, key in moves:
            _book(operator, kind, at, net, tax, key)
        months = [(2026, 9), (2026, 10), (2026, 11), (2026, 12), (2027, 1), (2027, 2), (2027, 3)]
        told = [statement_of(operator, currency="EUR", year=year, month=month) for year, month in months]
        transaction.set_rollback(True)
    assert all(adds_up(one) for one in told)
    assert all(one.closing == after.opening for one, after in pairwise(told))
    everything = sum((net + tax for _, _, net, tax, _ in moves), Decimal(0))
    assert told[-1].closing == Money(everything, "EUR")


def _book(
    operator: Operator, kind: LedgerTransaction.Kind, at: datetime, net: Decimal, tax: Decimal, key: UUID
) -> None:
    parties = Parties(operator_id=operator.pk)
    entries = [
        Entry(Account.OPERATOR_PAYABLE, Money(-net, "EUR"), parties),
        Entry(Account.TAX, Money(-tax, "EUR"), parties),
        Entry(Account.DRIVER_RECEIVABLE, Money(net + tax, "EUR"), parties),
    ]
    record(kind, key=f"random:{key}", occurred_at=at, description="random", entries=entries)
