from typing import Any

import pytest

from accounts.models import Membership, Operator, User
from accounts.tests.answers import problem
from accounts.tests.clients import Api, Pages
from evbooking.core.models import AuditEntry

OPERATORS = "/api/v1/operator/operators"


def test_who_founds_an_operator_owns_it(api: Api, driver: User) -> None:
    response = api(driver).post(OPERATORS, {"name": "Elbe Strom", "website": "https://elbe.example"})
    operator = Operator.objects.get()
    assert response.status_code == 201
    assert response.json()["id"] == str(operator.pk)
    assert (operator.name, operator.website, operator.status) == (
        "Elbe Strom",
        "https://elbe.example",
        "ACTIVE",
    )
    membership = Membership.objects.get()
    assert (membership.user, membership.operator, membership.role) == (driver, operator, "owner")


def test_founding_is_audited(api: Api, driver: User) -> None:
    api(driver).post(OPERATORS, {"name": "Elbe Strom"})
    entry = AuditEntry.objects.get(action="operator.create")
    assert (entry.actor_id, entry.before, (entry.after or {})["owner"]) == (driver.pk, None, str(driver.pk))


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "required", "name"),
        ({"name": " "}, "required", "name"),
        ({"name": "x" * 121}, "too_long_text", "name"),
        ({"name": "Elbe", "website": "javascript:alert(1)"}, "invalid", "website"),
        ({"name": "Elbe", "status": "ACTIVE"}, "unknown_field", "status"),
    ],
)
def test_a_wrong_operator_is_refused(
    api: Api, driver: User, body: dict[str, Any], code: str, field: str
) -> None:
    assert problem(api(driver).post(OPERATORS, body)) == (422, code, [(field, code)])
    assert (Operator.objects.count(), Membership.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)


def test_anonymous_callers_found_nothing(api: Api, db: None) -> None:
    assert problem(api().post(OPERATORS, {"name": "Elbe"}))[:2] == (401, "not_authenticated")


def test_everyone_sees_only_their_own_operators(
    api: Api, owner: User, operator: Operator, rival: User, staff: User
) -> None:
    assert [o["name"] for o in api(staff).get(OPERATORS).json()["results"]] == ["Nordstrom Charging"]
    assert [o["name"] for o in api(rival).get(OPERATORS).json()["results"]] == ["Other Charging"]


def test_the_page_founds_an_operator_and_shows_it(pages: Pages, driver: User) -> None:
    browser = pages(driver)
    assert "You belong to no operator" in browser.get("/account/operators/").content.decode()
    assert browser.post("/account/operators/", {"name": "Elbe Strom"}).status_code == 302
    assert "Elbe Strom" in browser.get("/account/operators/").content.decode()
    assert Membership.objects.get().user == driver
