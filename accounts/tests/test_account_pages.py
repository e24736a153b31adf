"""Every page of the account under the strict policy: nothing inline that a browser would refuse."""

import re
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Operator, User
from accounts.services.members import invite
from accounts.tests.answers import found
from accounts.tests.clients import Pages
from tests.factories import PASSWORD, make_vehicle

ENTRANCE = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/x-y/",
    "/accounts/password/reset/key/done/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/abc/",
    "/accounts/inactive/",
]
ROOMS = [
    "/account/",
    "/account/data/",
    "/account/delete/",
    "/account/cars/",
    "/account/cars/add/",
    "/account/cars/{car}/",
    "/account/cars/{car}/remove/",
    "/account/operators/",
    "/operator/{operator}/members/",
    "/invitations/{token}/",
    "/accounts/email/",
    "/accounts/logout/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/accounts/sessions/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/",
]
INLINE = re.compile(
    r"""<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*(?:\bsrc=|type="application/json"))"""
)


def assert_strict(response: Any) -> None:
    assert response.status_code == 200
    assert INLINE.findall(response.content.decode()) == []
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("path", ENTRANCE)
def test_a_page_on_the_way_in_has_nothing_inline(pages: Pages, db: None, path: str) -> None:
    assert_strict(pages().get(path))


@pytest.mark.parametrize("path", ROOMS)
def test_a_page_of_the_account_has_nothing_inline_and_is_not_for_strangers(
    pages: Pages, owner: User, operator: Operator, path: str
) -> None:
    car = make_vehicle(owner)
    made = invite(operator, actor=owner, email=owner.email + ".au", role="staff", now=timezone.now())
    url = path.format(car=car.pk, operator=operator.pk, token=made.token)
    browser = pages(owner)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert_strict(browser.get(url))
    assert pages().get(url).status_code == 302


def test_the_navigation_shows_what_the_person_is(
    pages: Pages, driver: User, staff: User, administrator: User
) -> None:
    assert "/operator/" not in nav(pages(driver).get("/account/"))
    assert 'href="/operator/"' in nav(pages(staff).get("/account/"))
    assert 'href="/operator/"' not in nav(pages(administrator).get("/account/"))


def nav(response: Any) -> str:
    return found(r'(?s)<nav class="nav".*?</nav>', response.content.decode())
