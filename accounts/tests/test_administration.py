from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from pytest import FixtureRequest

from accounts.models import Operator, User
from accounts.tests.answers import problem
from accounts.tests.clients import Api, Pages
from evbooking.core.models import AuditEntry
from stations.models import Station
from tests.factories import PASSWORD

ADMIN = "/api/v1/admin"
PATHS = ["/operators", "/users", "/audit"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("who", ["driver", "owner", "rival", "stranger"])
def test_lists_are_only_for_administrators(
    api: Api, operator: Operator, path: str, who: str, request: FixtureRequest
) -> None:
    assert problem(api(request.getfixturevalue(who)).get(ADMIN + path))[:2] == (403, "forbidden")
    assert problem(api().get(ADMIN + path))[:2] == (401, "not_authenticated")


def test_a_suspended_operator_is_not_public_until_it_is_reactivated(
    api: Api, administrator: User, operator: Operator, station: Station
) -> None:
    client, url = api(administrator), f"{ADMIN}/operators/{operator.pk}"
    body = client.post(f"{url}/suspend", {"reason": "Unsafe cables"}).json()
    assert (body["status"], body["suspension_reason"]) == ("SUSPENDED", "Unsafe cables")
    assert not Station.objects.public().exists()
    body = client.post(f"{url}/reactivate", {"reason": "Mended"}).json()
    assert (body["status"], body["suspension_reason"]) == ("ACTIVE", "")
    assert list(Station.objects.public()) == [station]
    assert list(AuditEntry.objects.order_by("id").values_list("action", "reason", "before", "after")) == [
        ("operator.suspend", "Unsafe cables", {"status": "ACTIVE"}, {"status": "SUSPENDED"}),
        ("operator.reactivate", "Mended", {"status": "SUSPENDED"}, {"status": "ACTIVE"}),
    ]


def test_a_move_that_was_made_already_is_refused(api: Api, administrator: User, operator: Operator) -> None:
    url = f"{ADMIN}/operators/{operator.pk}/reactivate"
    assert problem(api(administrator).post(url, {"reason": "Why not"})) == (409, "wrong_state", [])
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [({}, "required"), ({"reason": "  "}, "required"), ({"reason": "x" * 501}, "too_long_text")],
)
@pytest.mark.parametrize("action", ["operators/{operator}/suspend", "users/{driver}/deactivate"])
def test_a_decision_needs_a_reason(
    api: Api,
    administrator: User,
    operator: Operator,
    driver: User,
    action: str,
    body: dict[str, Any],
    code: str,
) -> None:
    path = action.format(operator=operator.pk, driver=driver.pk)
    assert problem(api(administrator).post(f"{ADMIN}/{path}", body)) == (422, code, [("reason", code)])
    operator.refresh_from_db()
    driver.refresh_from_db()
    assert (operator.status, driver.is_active) == ("ACTIVE", True)


@pytest.mark.parametrize("who", ["owner", "rival", "stranger"])
def test_nobody_else_decides(
    api: Api, operator: Operator, driver: User, who: str, request: FixtureRequest
) -> None:
    client = api(request.getfixturevalue(who))
    for path in (f"operators/{operator.pk}/suspend", f"users/{driver.pk}/deactivate"):
        assert problem(client.post(f"{ADMIN}/{path}", {"reason": "Mine"}))[:2] == (403, "forbidden")
    operator.refresh_from_db()
    driver.refresh_from_db()
    assert (operator.status, driver.is_active) == ("ACTIVE", True)


def test_a_closed_account_is_signed_out_and_kept_out_until_it_is_opened(
    api: Api, pages: Pages, administrator: User, driver: User
) -> None:
    app, browser, url = api(driver), pages(), f"{ADMIN}/users/{driver.pk}"
    browser.post("/accounts/login/", {"login": driver.email, "password": PASSWORD})
    assert UserSession.objects.filter(user=driver).count() == 1
    assert api(administrator).post(f"{url}/deactivate", {"reason": "Fraud"}).json()["is_active"] is False
    assert UserSession.objects.filter(user=driver).count() == 0
    assert problem(app.get("/api/v1/me"))[:2] == (401, "not_authenticated")
    assert browser.get("/account/").status_code == 302
    entry = AuditEntry.objects.get(action="user.deactivate")
    assert (entry.actor_id, entry.target_id, entry.reason) == (administrator.pk, str(driver.pk), "Fraud")
    api(administrator).post(f"{url}/reactivate", {"reason": "A mistake"})
    assert api(driver).get("/api/v1/me").status_code == 200


def test_an_administrator_cannot_lock_themselves_out(api: Api, administrator: User) -> None:
    url = f"{ADMIN}/users/{administrator.pk}/deactivate"
    assert problem(api(administrator).post(url, {"reason": "Tired"})) == (409, "wrong_state", [])
    administrator.refresh_from_db()
    assert administrator.is_active


def test_a_deleted_account_stays_deleted(api: Api, administrator: User, driver: User) -> None:
    api(driver).delete("/api/v1/me", {"password": PASSWORD})
    url = f"{ADMIN}/users/{driver.pk}/reactivate"
    assert problem(api(administrator).post(url, {"reason": "Come back"})) == (409, "wrong_state", [])
    assert not User.objects.get(pk=driver.pk).is_active


def test_people_are_found_by_name_and_address(
    api: Api, administrator: User, driver: User, stranger: User
) -> None:
    client = api(administrator)

    def found(query: str) -> list[str]:
        return [user["email"] for user in client.get(f"{ADMIN}/users?{query}").json()["results"]]

    assert found("q=dana") == ["driver@example.com"]
    assert found("q=STRANGER@") == ["stranger@example.com"]
    assert found("active=false") == []
    assert sorted(found("")) == ["admin@example.com", "driver@example.com", "stranger@example.com"]


def test_operators_are_found_by_name_and_status(
    api: Api, administrator: User, operator: Operator, rival: User
) -> None:
    Operator.objects.filter(pk=operator.pk).update(status="SUSPENDED")
    client = api(administrator)

    def found(query: str) -> list[str]:
        return [o["name"] for o in client.get(f"{ADMIN}/operators?{query}").json()["results"]]

    assert found("") == ["Nordstrom Charging", "Other Charging"]
    assert found("q=other") == ["Other Charging"]
    assert found("status=SUSPENDED") == ["Nordstrom Charging"]
    assert problem(client.get(f"{ADMIN}/operators?status=GONE")) == (422, "invalid", [("status", "invalid")])


def test_the_audit_shows_who_did_what_newest_first(
    api: Api, administrator: User, operator: Operator, driver: User
) -> None:
    client = api(administrator)
    client.post(f"{ADMIN}/operators/{operator.pk}/suspend", {"reason": "One"}, REMOTE_ADDR="192.0.2.7")
    client.post(f"{ADMIN}/users/{driver.pk}/deactivate", {"reason": "Two"})
    first, second = client.get(f"{ADMIN}/audit").json()["results"]
    assert (first["action"], second["action"]) == ("user.deactivate", "operator.suspend")
    entry = AuditEntry.objects.get(action="operator.suspend")
    assert second == {
        "id": entry.pk,
        "at": entry.at.isoformat().replace("+00:00", "Z"),
        "actor": str(administrator.pk),
        "address": "192.0.2.7",
        "action": "operator.suspend",
        "target_type": "accounts.operator",
        "target_id": str(operator.pk),
        "before": {"status": "ACTIVE"},
        "after": {"status": "SUSPENDED"},
        "reason": "One",
    }
    by_target = client.get(f"{ADMIN}/audit?target_id={driver.pk}").json()["results"]
    assert [row["reason"] for row in by_target] == ["Two"]


def test_a_known_audit_page_answers_304_until_something_happens(
    api: Api, administrator: User, operator: Operator
) -> None:
    client = api(administrator)
    etag = client.get(f"{ADMIN}/audit")["ETag"]
    assert client.get(f"{ADMIN}/audit", HTTP_IF_NONE_MATCH=etag).status_code == 304
    client.post(f"{ADMIN}/operators/{operator.pk}/suspend", {"reason": "One"})
    assert client.get(f"{ADMIN}/audit", HTTP_IF_NONE_MATCH=etag).status_code == 200
