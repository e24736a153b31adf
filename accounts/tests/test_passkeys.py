"""Passkeys in a real browser, with Chromium's virtual authenticator in place of a finger."""

from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.chromium import launched
from tests.factories import PASSWORD

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def plug_in_authenticator(page: Page, **options: Any) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR | options})


def sign_in(page: Page, site: str, user: User) -> None:
    page.goto(f"{site}/accounts/login/?next=/account/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text(f"Signed in as {user.email}")).to_be_visible()


def add_passkey(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill("My laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add passkey").click()


def is_ours(said: ConsoleMessage) -> bool:
    """An error of the page; that no process of live updates runs here is none."""
    return said.type == "error" and "/api/v1/live" not in said.text + said.location["url"]


@pytest.mark.browser
def test_a_passkey_is_added_and_signs_in_without_a_password(live_server: LiveServer, driver: User) -> None:
    complaints: list[str] = []
    with launched() as browser:
        page = browser.new_page()
        page.on("console", lambda said: complaints.append(said.text) if is_ours(said) else None)
        plug_in_authenticator(page)
        sign_in(page, live_server.url, driver)
        add_passkey(page, live_server.url)
        expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
        page.context.clear_cookies()
        page.goto(f"{live_server.url}/accounts/login/?next=/account/")
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_text(f"Signed in as {driver.email}")).to_be_visible()
    assert complaints == []


@pytest.mark.browser
def test_a_passkey_that_is_refused_is_told_on_the_page(live_server: LiveServer, driver: User) -> None:
    with launched() as browser:
        page = browser.new_page()
        plug_in_authenticator(page, isUserVerified=False)
        sign_in(page, live_server.url, driver)
        add_passkey(page, live_server.url)
        expect(page.get_by_role("alert")).to_contain_text("The passkey was not used")
