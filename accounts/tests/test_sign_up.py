from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.tests.answers import found, problem
from accounts.tests.clients import Api

SIGNUP, LOGIN = "/_allauth/app/v1/auth/signup", "/_allauth/app/v1/auth/login"
NEW = {"email": "New@Example.com", "password": "a long enough password"}


def test_in_the_demo_an_app_signs_up_and_goes_on_at_once(api: Api, db: None) -> None:
    answer = api().post(SIGNUP, NEW)
    token = answer.json()["meta"]["session_token"]
    assert answer.status_code == 200
    assert api().get("/api/v1/me", HTTP_X_SESSION_TOKEN=token).json()["email"] == "new@example.com"


def test_in_the_demo_a_browser_signs_up_and_is_signed_in(db: None) -> None:
    browser = Client()
    page = browser.post("/accounts/signup/", {"email": "new@example.com", "password1": NEW["password"]})
    assert page.status_code == 302
    assert User.objects.get().email == "new@example.com"
    assert browser.get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("body", "parameter", "code"),
    [
        ({"email": "new@example.com"}, "password", "required"),
        ({"email": "new@example.com", "password": "short"}, "password", "password_too_short"),
        ({"email": "new@example.com", "password": "password123"}, "password", "password_too_common"),
        ({"email": "nobody", "password": "a long enough password"}, "email", "invalid"),
    ],
)
def test_a_wrong_sign_up_is_refused_in_allauths_own_shape(
    api: Api, db: None, body: dict[str, Any], parameter: str, code: str
) -> None:
    answer = api().post(SIGNUP, body)
    assert answer.status_code == 400
    assert (parameter, code) in [(e["param"], e["code"]) for e in answer.json()["errors"]]
    assert User.objects.count() == 0


def test_an_address_has_one_account_whatever_its_case(api: Api, driver: User) -> None:
    assert api().post(SIGNUP, {**NEW, "email": "DRIVER@example.com"}).status_code in {400, 401}
    assert User.objects.count() == 1


@pytest.mark.usefixtures("_production", "db")
class TestInProduction:
    def test_an_app_is_told_to_confirm_the_address_first(self, api: Api) -> None:
        answer = api().post(SIGNUP, NEW)
        pending = [flow["id"] for flow in answer.json()["data"]["flows"] if flow.get("is_pending")]
        assert (answer.status_code, pending) == (401, ["verify_email"])
        token = answer.json()["meta"]["session_token"]
        assert problem(api().get("/api/v1/me", HTTP_X_SESSION_TOKEN=token))[:2] == (401, "not_authenticated")

    def test_the_letters_key_lets_the_app_in(self, api: Api) -> None:
        pending = api().post(SIGNUP, NEW).json()["meta"]["session_token"]
        key = found(r"/accounts/confirm-email/([^/]+)/", mail.outbox[0].body)
        verified = api().post(
            "/_allauth/app/v1/auth/email/verify", {"key": key}, HTTP_X_SESSION_TOKEN=pending
        )
        token = verified.json()["meta"]["session_token"]
        assert (verified.status_code, mail.outbox[0].to) == (200, ["new@example.com"])
        assert api().get("/api/v1/me", HTTP_X_SESSION_TOKEN=token).json()["email"] == "new@example.com"

    def test_a_browser_confirms_by_the_letters_link(self) -> None:
        browser = Client()
        sent = browser.post("/accounts/signup/", {"email": "new@example.com", "password1": NEW["password"]})
        assert sent["Location"] == "/accounts/confirm-email/"
        assert "Check your mail" in browser.get(sent["Location"]).content.decode()
        assert browser.get("/account/").status_code == 302
        link = found(r"/accounts/confirm-email/[^/\s]+/", mail.outbox[0].body)
        assert mail.outbox[0].subject == "Confirm your address"
        assert "Confirm new@example.com" in browser.get(link).content.decode()
        browser.post(link)
        assert EmailAddress.objects.get().verified

    def test_nobody_learns_that_an_address_has_an_account(self, api: Api, driver: User) -> None:
        EmailAddress.objects.create(user=driver, email=driver.email, verified=True, primary=True)
        known, new = api().post(SIGNUP, {**NEW, "email": driver.email}), api().post(SIGNUP, NEW)
        assert known.status_code == new.status_code == 401
        assert known.json()["data"] == new.json()["data"]
        assert User.objects.filter(email=driver.email).count() == 1

    def test_the_twenty_first_sign_up_of_a_minute_from_one_address_waits(self, api: Api) -> None:
        statuses = [api().post(SIGNUP, {**NEW, "email": f"{n}@example.com"}).status_code for n in range(21)]
        assert statuses == [401] * 20 + [429]
        assert User.objects.count() == 20


def test_the_demo_lets_a_hundred_times_as_many_sign_up(
    settings: Settings, production_values: dict[str, Any]
) -> None:
    limit = production_values["EVB_RATE_LIMITS"]["sign_up"][0]
    assert (limit, settings.EVB_RATE_LIMITS["sign_up"][0]) == (20, 2000)
    assert settings.ACCOUNT_RATE_LIMITS["signup"] == "2000/m/ip"
