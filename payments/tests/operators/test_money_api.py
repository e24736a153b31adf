"""The API of an operator's money: payouts, balance, statements and plan, for its owners."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import User
from payments.models import OperatorAccount
from payments.sandbox.tests.running import Running
from payments.services.payouts import request_payout
from payments.tests.bills import END
from payments.tests.operators.conftest import NOW
from payments.tests.operators.earning import earn, earn_in_books

Api = Callable[[User | None], APIClient]
BASE = "/api/v1/operator"


def eur(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def test_payouts_and_what_is_left(
    sandbox: Running, ready: OperatorAccount, driver: User, owner: User, api: Api
) -> None:
    earn(sandbox, ready, driver)
    app = api(owner)
    owed: dict[str, Any] = {"owed": eur("5.22"), "arrived": eur("5.22"), "available": eur("5.22")}
    none = {"held": eur("0.00"), "under_way": eur("0.00")}
    first = app.get(f"{BASE}/balance")
    assert first.json() == {"operator": str(ready.pk), **owed, **none}
    payout = request_payout(ready, actor=owner, now=NOW)
    nothing = dict.fromkeys(owed, eur("0.00"))
    again = app.get(f"{BASE}/balance", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.json()) == (200, {"operator": str(ready.pk), **nothing, **none})
    listed = app.get(f"{BASE}/payouts")
    [row] = listed.json()["results"]
    assert row == {
        "id": str(payout.pk),
        "amount": eur("5.22"),
        "status": "IN_TRANSIT",
        "failure_code": "",
        "requested_by_hand": True,
        "arrival_date": str(payout.arrival_date),
        "created_at": "2026-06-01T10:00:00Z",
        "last_updated": "2026-06-01T10:00:00Z",
    }
    assert app.get(f"{BASE}/payouts", headers={"If-None-Match": listed["ETag"]}).status_code == 304


@pytest.mark.usefixtures("db")
def test_statements_are_listed_and_lead_to_their_files(
    ready: OperatorAccount, driver: User, owner: User, api: Api
) -> None:
    earn_in_books(ready, driver)
    app = api(owner)
    with time_machine.travel(END, tick=False):
        [row] = app.get(f"{BASE}/statements").json()["results"]
        assert (row["month"], row["currency"]) == ("2026-12", "EUR")
        table, paper = app.get(row["csv"]), app.get(row["pdf"])
        assert app.get(row["pdf"], headers={"If-None-Match": paper["ETag"]}).status_code == 304
        codes = [
            app.get(f"{BASE}/statements/{month}.pdf").status_code for month in ("2026-11", "2026-13", "x")
        ]
    assert table["Content-Type"].startswith("text/csv")
    assert table.content.decode().splitlines()[-1].split(",")[-2:] == ["5.22", "EUR"]
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert f'filename="statement-{ready.code}-2026-12.pdf"' in paper["Content-Disposition"]
    assert codes == [404, 404, 404]


def test_the_plan_says_what_it_allows_and_where_it_is_changed(
    ready: OperatorAccount, owner: User, api: Api
) -> None:
    app = api(owner)
    told = app.get(f"{BASE}/plan").json()
    limits = told.pop("limits")
    assert limits == {"stations": 3, "members": 3, "webhooks": 1, "statement_months": 12}
    assert told == {
        "operator": str(ready.pk),
        "plan": "FREE",
        "status": "ACTIVE",
        "granted": False,
        "price": eur("0.00"),
        "fee_share": "5.00",
        "current_period_end": None,
        "cancel_at_period_end": False,
        "page": f"/operator/money/plan/?operator={ready.pk}",
    }
    assert Decimal(told["fee_share"]) == 5
    assert app.get(f"{BASE}/plan?operator=nothing").json()["code"] == "invalid"
