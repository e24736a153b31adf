"""The owner's pages of money: at a glance, the account, payouts, a month, the plan."""

from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import httpx
import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Operator, User
from payments.ledger import post_bill, post_capture
from payments.models import OperatorAccount, OperatorPlan, Payout
from payments.presentation.payouts import next_weekly
from payments.sandbox.tests.running import Running
from payments.services.operator_accounts import operator_account
from payments.services.plans import grant_plan
from payments.tests.bills import billed_visit
from payments.tests.ledger.making import captured, paid_out
from payments.tests.operators.conftest import DETAILS, NOW
from payments.tests.operators.earning import earn
from stations.models import Station

JANUARY = datetime(2027, 1, 15, tzinfo=UTC)
ROOT = "/operator/money"


@pytest.fixture
def page(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


@pytest.mark.parametrize("address", ["/", "/account/", "/payouts/", "/plan/", "/statements/2026/12/"])
def test_only_owners_see_an_operators_money(
    client: Client, operator: Operator, staff: User, stranger: User, address: str
) -> None:
    Membership.objects.filter(user=staff).update(role="manager")
    for person in (staff, stranger):
        client.force_login(person)
        assert client.get(f"{ROOT}{address}").status_code == 403


def test_an_owner_sees_nothing_of_anothers(page: Client, operator: Operator, rival: User) -> None:
    other = rival.memberships.get().operator
    assert page.get(f"{ROOT}/", {"operator": str(other.pk)}).status_code == 404
    assert page.post(f"{ROOT}/payouts/?operator={other.pk}").status_code == 404
    assert page.get(f"{ROOT}/", {"operator": "nonsense"}).status_code == 404


def test_before_the_account_is_finished_the_overview_leads_to_it(page: Client, operator: Operator) -> None:
    answer = page.get(f"{ROOT}/")
    assert answer.status_code == 200
    assert "You cannot be paid online yet" in text(answer)
    assert f'href="{ROOT}/account/"' in text(answer)


def test_details_are_saved_and_wrong_ones_marked(page: Client, operator: Operator) -> None:
    wrong = page.post(f"{ROOT}/account/", {**DETAILS, "vat_id": "DE1"})
    assert wrong.status_code == 422
    assert "This is no VAT number of DE." in text(wrong)
    assert page.post(f"{ROOT}/account/", DETAILS).status_code == 302
    assert OperatorAccount.objects.get(pk=operator.pk).legal_name == DETAILS["legal_name"]


def test_the_way_to_stripe_and_back(sandbox: Running, page: Client, operator: Operator) -> None:
    page.post(f"{ROOT}/account/", DETAILS)
    shown = page.get(f"{ROOT}/account/")
    assert f"form-action {sandbox.url}" in shown["Content-Security-Policy"].replace("'self' ", "")
    onward = page.post(f"{ROOT}/account/stripe/")
    assert onward.status_code == 302
    back = httpx.post(onward["Location"], data={"answer": "later"}).headers["Location"]
    page.get(back.removeprefix("http://testserver"))
    unfinished = text(page.get(f"{ROOT}/account/"))
    assert "A bank account for payouts" in unfinished
    assert "Your agreement to Stripe's terms" in unfinished
    onward = page.post(f"{ROOT}/account/stripe/")
    back = httpx.post(onward["Location"], data={"answer": "complete"}).headers["Location"]
    page.get(back.removeprefix("http://testserver"))
    ready = text(page.get(f"{ROOT}/account/"))
    assert "STRIPE TEST BANK .... 3000" in ready
    assert OperatorAccount.objects.get(pk=operator.pk).is_ready


def test_stripe_down_says_so_once_and_keeps_the_details(
    sandbox: Running, page: Client, operator: Operator
) -> None:
    page.post(f"{ROOT}/account/", DETAILS)
    sandbox.control("faults", target="api", kind="error", status=500, match="/v1/accounts", times=2)
    answer = page.post(f"{ROOT}/account/stripe/", follow=True)
    assert text(answer).count("Stripe is not reachable at the moment.") == 1
    assert "Nordström Ladenetz GmbH" in text(answer)


def test_the_button_pays_out(sandbox: Running, page: Client, ready: OperatorAccount, driver: User) -> None:
    earn(sandbox, ready, driver)
    assert "5.22 EUR" in text(page.get(f"{ROOT}/payouts/"))
    answer = page.post(f"{ROOT}/payouts/", follow=True)
    assert "5.22 EUR is on its way to your bank." in text(answer)
    assert Payout.objects.get().status == "IN_TRANSIT"
    again = page.post(f"{ROOT}/payouts/", follow=True)
    assert "There is nothing to pay out at the moment." in text(again)
    assert Payout.objects.count() == 1


def test_a_payout_that_came_back_says_why(page: Client, operator: Operator) -> None:
    account = operator_account(operator, now=NOW)
    paid_out(account, "7.00", status="FAILED", failure_code="account_closed")
    assert "The bank account is closed." in text(page.get(f"{ROOT}/payouts/"))


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 12, 6, 23, tzinfo=UTC), date(2026, 12, 7)),
        (datetime(2026, 12, 7, 3, 59, tzinfo=UTC), date(2026, 12, 7)),
        (datetime(2026, 12, 7, 4, tzinfo=UTC), date(2026, 12, 14)),
    ],
)
def test_the_next_weekly_payout_is_on_the_coming_monday_at_four(now: datetime, day: date) -> None:
    assert next_weekly(now) == day


@pytest.fixture
def december(operator: Operator, station: Station, driver: User) -> OperatorAccount:
    """5.50 EUR billed and paid on the first of December."""
    visit, cdr = billed_visit(station.evses.earliest("uid"), driver)
    with transaction.atomic():
        post_bill(cdr, fee_share=visit.fee_share)
        post_capture(captured(visit, "5.50"))
    return operator_account(operator, now=JANUARY)


def test_a_month_is_a_page_a_table_and_a_pdf(page: Client, december: OperatorAccount) -> None:
    with time_machine.travel(JANUARY, tick=False):
        shown = page.get(f"{ROOT}/statements/2026/12/")
        table = page.get(f"{ROOT}/statements/2026/12/", {"format": "csv"})
        pdf = page.get(f"{ROOT}/statements/2026/12/", {"format": "pdf"})
        none = page.get(f"{ROOT}/statements/2026/11/")
    assert "Statement December 2026" in text(shown)
    assert [row[0] for row in shown.context["summary"]] == [
        "Opening balance",
        "Bills and credits, less fees",
        "Closing balance",
    ]
    assert table["Content-Type"] == "text/csv; charset=utf-8"
    assert f"statement-{december.code}-2026-12.csv" in table["Content-Disposition"]
    assert "Bill of a session" in text(table)
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert none.status_code == 404


def test_pro_is_bought_left_and_kept(sandbox: Running, page: Client, operator: Operator) -> None:
    assert "Pay 49.00 EUR and change to Pro" in text(page.get(f"{ROOT}/plan/"))
    onward = page.post(f"{ROOT}/plan/", {"act": "subscribe"})
    back = httpx.post(
        onward["Location"],
        data={"number": "4242424242424242", "return_url": f"http://testserver{ROOT}/plan/return/"},
    ).headers["Location"]
    welcome = page.get(back.removeprefix("http://testserver"), follow=True)
    assert "Welcome to Pro." in text(welcome)
    assert "SANDBOX-" in text(welcome)
    page.post(f"{ROOT}/plan/", {"act": "cancel"})
    assert OperatorPlan.objects.get(pk=operator.pk).cancel_at_period_end is True
    assert "Keep Pro" in text(page.get(f"{ROOT}/plan/"))
    page.post(f"{ROOT}/plan/", {"act": "resume"})
    assert OperatorPlan.objects.get(pk=operator.pk).cancel_at_period_end is False


def test_a_declined_card_buys_nothing(sandbox: Running, page: Client, operator: Operator) -> None:
    onward = page.post(f"{ROOT}/plan/", {"act": "subscribe"})
    declined = httpx.post(
        onward["Location"], data={"number": "4000000000000002", "return_url": "http://testserver/"}
    )
    assert declined.status_code == 402
    answer = page.get(f"{ROOT}/plan/return/", follow=True)
    assert "Nothing was paid." in text(answer)
    assert OperatorPlan.objects.get(pk=operator.pk).plan == "FREE"


def test_the_payment_element_gets_its_secret_as_json(
    sandbox: Running, page: Client, operator: Operator
) -> None:
    answer = page.post(f"{ROOT}/plan/", {"act": "subscribe"}, headers={"accept": "application/json"})
    told = answer.json()
    assert told["client_secret"].startswith("pi_")
    assert told["return_url"] == f"http://testserver{ROOT}/plan/return/"
    sandbox.control("faults", target="api", kind="error", status=500, match="/v1/subscriptions", times=2)
    down = page.post(f"{ROOT}/plan/", {"act": "subscribe"}, headers={"accept": "application/json"})
    assert (down.status_code, down.json()["code"]) == (503, "payment_provider_unavailable")


def test_without_stripe_the_plan_page_still_stands(
    sandbox: Running, page: Client, operator: Operator
) -> None:
    page.post(f"{ROOT}/plan/", {"act": "subscribe"})
    sandbox.control("faults", target="api", kind="error", status=500, match="/v1/invoices", times=2)
    answer = page.get(f"{ROOT}/plan/")
    assert answer.status_code == 200
    assert "Your invoices cannot be shown at the moment" in text(answer)


def test_a_granted_plan_asks_for_no_card(page: Client, operator: Operator) -> None:
    grant_plan(operator, granted=True, actor=None, now=NOW)
    answer = text(page.get(f"{ROOT}/plan/"))
    assert "Pro is given to you by the platform." in answer
    assert "change to Pro" not in answer


def test_the_overview_is_as_many_queries_with_many_payouts_as_with_one(
    page: Client, december: OperatorAccount
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            page.get(f"{ROOT}/")
        return len(queries)

    paid_out(december, "1.00")
    asked()
    few = asked()
    for _ in range(6):
        paid_out(december, "1.00")
    assert asked() == few
