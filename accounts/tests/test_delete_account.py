from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from pytest import MonkeyPatch
from pytest_django import Settings

from accounts import ports
from accounts.errors import OpenBookings
from accounts.models import Membership, Operator, User
from accounts.tests.answers import problem
from accounts.tests.clients import Api, Pages, token_of
from evbooking.core.models import AuditEntry
from tests.factories import PASSWORD, make_vehicle

ME = "/api/v1/me"


@pytest.fixture
def _open_bookings(monkeypatch: MonkeyPatch) -> None:
    def refuse(user: User) -> None:
        raise OpenBookings

    monkeypatch.setattr(ports, "_deletion_guards", [refuse])


def test_with_the_password_the_account_is_gone_and_says_nothing_of_the_person(api: Api, driver: User) -> None:
    make_vehicle(driver)
    EmailAddress.objects.create(user=driver, email=driver.email, primary=True, verified=True)
    Authenticator.objects.create(user=driver, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client = api(driver)
    assert client.delete(ME, {"password": PASSWORD}).status_code == 204
    gone = User.objects.get(pk=driver.pk)
    assert (gone.email, gone.name, str(gone.phone)) == (f"deleted-{driver.pk}@deleted.invalid", "", "")
    assert (gone.is_active, gone.has_usable_password(), gone.deleted_at is None) == (False, False, False)
    assert gone.vehicles.filter(removed_at=None).count() == 0
    assert EmailAddress.objects.filter(user=driver).count() == 0
    assert Authenticator.objects.filter(user=driver).count() == 0
    assert problem(client.get(ME))[:2] == (401, "not_authenticated")


def test_deleting_is_audited_without_personal_values(api: Api, driver: User) -> None:
    api(driver).delete(ME, {"password": PASSWORD})
    entry = AuditEntry.objects.get(action="user.delete")
    assert (entry.target_id, entry.before, entry.after) == (
        str(driver.pk),
        {"active": True},
        {"active": False},
    )


def test_the_address_can_sign_up_again(api: Api, driver: User) -> None:
    api(driver).delete(ME, {"password": PASSWORD})
    assert User.objects.create_user("driver@example.com", PASSWORD).pk != driver.pk


@pytest.mark.parametrize(("body", "code"), [({}, "required"), ({"password": "wrong"}, "invalid")])
def test_without_the_password_nothing_is_deleted(
    api: Api, driver: User, body: dict[str, Any], code: str
) -> None:
    assert problem(api(driver).delete(ME, body)) == (422, code, [("password", code)])
    driver.refresh_from_db()
    assert (driver.is_active, driver.email) == (True, "driver@example.com")


def test_a_fresh_sign_in_needs_no_password_and_an_old_one_does(api: Api, driver: User) -> None:
    for age, status in ((timedelta(hours=1), 422), (timedelta(seconds=10), 204)):
        client = api(driver)
        session = UserSession()._session_store(token_of(client))
        at = (datetime.now(UTC) - age).timestamp()
        session["account_authentication_methods"] = [{"method": "password", "at": at}]
        session.save()
        assert client.delete(ME).status_code == status


def test_guessing_the_password_is_limited(api: Api, driver: User, settings: Settings) -> None:
    settings.EVB_RATE_LIMITS = {**settings.EVB_RATE_LIMITS, "password": (2, 3600)}
    client = api(driver)
    for _ in range(2):
        assert client.delete(ME, {"password": "wrong"}).status_code == 422
    assert problem(client.delete(ME, {"password": PASSWORD}))[:2] == (429, "rate_limited")
    driver.refresh_from_db()
    assert driver.is_active


def test_open_bookings_refuse_and_nothing_changes(api: Api, driver: User, _open_bookings: None) -> None:
    car = make_vehicle(driver)
    assert problem(api(driver).delete(ME, {"password": PASSWORD})) == (409, "open_bookings", [])
    driver.refresh_from_db()
    car.refresh_from_db()
    assert (driver.email, driver.is_active, car.removed_at) == ("driver@example.com", True, None)
    assert AuditEntry.objects.count() == 0


def test_the_only_owner_of_an_active_operator_cannot_leave_it_alone(
    api: Api, owner: User, operator: Operator, staff: User
) -> None:
    client = api(owner)
    assert problem(client.delete(ME, {"password": PASSWORD}))[:2] == (409, "last_owner")
    assert operator.memberships.filter(user=owner).exists()
    Membership.objects.filter(user=staff).update(role=Membership.Role.OWNER)
    assert client.delete(ME, {"password": PASSWORD}).status_code == 204
    assert list(operator.memberships.values_list("user", flat=True)) == [staff.pk]


def test_the_only_owner_of_a_suspended_operator_may_go(api: Api, owner: User, operator: Operator) -> None:
    Operator.objects.filter(pk=operator.pk).update(status=Operator.Status.SUSPENDED)
    assert api(owner).delete(ME, {"password": PASSWORD}).status_code == 204


def test_the_page_asks_who_it_is_first_then_deletes(pages: Pages, driver: User) -> None:
    browser = pages(driver)
    assert browser.get("/account/delete/")["Location"].startswith("/accounts/reauthenticate/")
    assert browser.post("/account/delete/", {"confirm": "yes"})["Location"].startswith(
        "/accounts/reauthenticate/"
    )
    driver.refresh_from_db()
    assert driver.is_active
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert "Delete your account?" in browser.get("/account/delete/").content.decode()
    assert browser.post("/account/delete/", {"confirm": "yes"})["Location"] == "/"
    driver.refresh_from_db()
    assert not driver.is_active
    assert browser.get("/account/")["Location"].startswith("/accounts/login/")


def test_the_page_says_why_it_cannot_be_deleted(pages: Pages, driver: User, _open_bookings: None) -> None:
    browser = pages(driver)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    response = browser.post("/account/delete/", {"confirm": "yes"})
    assert response.status_code == 409
    assert "You have open bookings." in response.content.decode()
    driver.refresh_from_db()
    assert driver.is_active
