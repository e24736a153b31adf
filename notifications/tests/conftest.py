"""One sandbox for all tests of a run, emptied before each; and how a test tells somebody something."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from evbooking.core import events
from evbooking.core.models import DomainEvent
from notifications.channels import sms
from notifications.models import Device
from notifications.services.telling import News, tell
from notifications.tests.running import ACCOUNT, SERVICE, TOKEN, Running, start

FACTS: dict[str, Any] = {
    "station": "Harbour",
    "operator": "Nordstrom Charging",
    "zone": "Europe/Berlin",
    "start": "2026-12-01T12:00:00Z",
    "end": "2026-12-01T13:00:00Z",
    "evse": "3",
    "reference": "ABCDEFGH",
    "arrive_until": "2026-12-01T12:15:00Z",
}
PHONE = "+4915112345678"
VAPID_KEY = base64.urlsafe_b64encode(hashlib.sha256(b"of these tests").digest()).rstrip(b"=").decode()


@pytest.fixture(scope="session")
def _process() -> Iterator[Running]:
    running = start()
    yield running
    running.stop()


@pytest.fixture
def sandbox(_process: Running, settings: Any) -> Iterator[Running]:
    """An empty sandbox, and everything set up to send there."""
    _process.control("everything", method="DELETE")
    _process.control("settings", paused=True, inbound_url="")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", _process.smtp
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = ACCOUNT, TOKEN
    settings.TWILIO_MESSAGING_SERVICE_SID, settings.TWILIO_API_URL = SERVICE, _process.url
    settings.VAPID_PRIVATE_KEY = VAPID_KEY
    settings.MESSAGE_SANDBOX_URL = _process.url
    forget_client = sms.client.cache_clear
    forget_client()
    yield _process
    forget_client()


@pytest.fixture
def reachable(driver: User, sandbox: Running) -> User:
    """The driver with a number and a browser, and the usual quiet hours."""
    driver.phone = PHONE
    driver.save()
    made = sandbox.control("devices", id="d" * 32)
    Device.objects.create(user=driver, name="Firefox", **made)
    return driver


Tell = Callable[..., DomainEvent]


@pytest.fixture
def say() -> Tell:
    """`say(user, "booking_reserved")` tells somebody something, and gives the event it was about."""

    def tell_somebody(*people: User, kind: str = "booking_reserved", **more: Any) -> DomainEvent:
        now = more.pop("now", None) or timezone.now()
        bulk = more.pop("bulk", False)
        with transaction.atomic():
            data = {"user_id": people[0].pk, "browser": "none"}
            event = events.publish("sign_in.new_device", subject="user:test", data=data, now=now)
            tell(News(event, kind, {**FACTS, **more}, "/bookings/ABCDEFGH/", bulk), people, now=now)
        return event

    return tell_somebody


def berlin(text: str) -> datetime:
    """An instant by Berlin's clock: "2026-12-01 23:30"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"))
