"""A sign-in from a browser that is new to the account is told to its owner."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from evbooking.core.models import DomainEvent, EventDelivery
from evbooking.core.relay import relay
from notifications.models import KnownBrowser, Notification
from notifications.services.failures import report_failures
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0"
NEWER_FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:131.0) Gecko/20100101 Firefox/131.0"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"


def sign_in(user: User, agent: str) -> None:
    answer = Client(headers={"user-agent": agent}).post(
        "/accounts/login/", {"login": user.email, "password": PASSWORD}
    )
    assert answer.status_code == 302


def test_only_a_new_browser_is_told(driver: User) -> None:
    sign_in(driver, FIREFOX)
    sign_in(driver, FIREFOX)
    sign_in(driver, NEWER_FIREFOX)
    assert not DomainEvent.objects.filter(type="sign_in.new_device").exists()
    sign_in(driver, CHROME)
    relay()
    told = Notification.objects.get(kind="new_device", channel="email")
    assert (told.recipient, told.data["browser"]) == (driver, "Chrome on Linux")
    assert KnownBrowser.objects.filter(user=driver).count() == 2


def test_the_api_is_watched_as_well(driver: User) -> None:
    sign_in(driver, FIREFOX)
    Client(headers={"user-agent": "evbooking-app/1.0"}).post(
        "/_allauth/app/v1/auth/login",
        {"email": driver.email, "password": PASSWORD},
        content_type="application/json",
    )
    assert DomainEvent.objects.get(type="sign_in.new_device").data["browser"] == "An app"


def test_administrators_hear_of_failures_once_an_hour(administrator: User, driver: User) -> None:
    now = timezone.now()
    assert report_failures(now) is False
    sign_in(driver, FIREFOX)
    sign_in(driver, CHROME)
    event = DomainEvent.objects.get(type="sign_in.new_device")
    EventDelivery.objects.create(
        event=event, handler="test.gone", subject=event.subject, sequence=1, attempts=20, dead_at=now
    )
    assert report_failures(now) is True
    assert report_failures(now) is False
    relay()
    told = Notification.objects.get(kind="admin_failures", channel="email")
    assert told.recipient == administrator
    assert told.title == "Deliveries need you: 1 dead, 0 messages failed"
