"""A receiver on this machine, an endpoint that calls it, and events that are told to it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Operator, User
from bookings.models import Booking
from bookings.services.confirm import confirm
from bookings.services.hold import hold_slot
from evbooking.core.relay import relay
from notifications.models import WebhookEndpoint
from notifications.services.webhooks.endpoints import create_webhook
from notifications.tests.receiving import Receiver, receiving
from notifications.webhooks.catalogue import EVENTS
from stations.models import Station

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
Clock = Any  # of time_machine, which has no name for it
Make = Callable[..., WebhookEndpoint]


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Noon, until the test moves it."""
    with time_machine.travel(NOON, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.EVB_WEBHOOK_LOOPBACK = True
    with receiving() as running:
        yield running


@pytest.fixture
def make(operator: Operator, owner: User, receiver: Receiver) -> Make:
    """`make(path="/other", events=[…])`: another endpoint of the operator's at the receiver."""

    def made(*, path: str = "/hooks", events: list[str] | None = None) -> WebhookEndpoint:
        chosen = list(EVENTS) if events is None else events
        return create_webhook(
            operator, url=receiver.url + path, events=chosen, actor=owner, now=timezone.now()
        )

    return made


@pytest.fixture
def endpoint(make: Make) -> WebhookEndpoint:
    """It hears of everything."""
    return make()


@pytest.fixture
def book(station: Station, driver: User) -> Callable[[], Booking]:
    """A booking of the driver's for tomorrow, confirmed; its events are relayed."""

    def booked() -> Booking:
        now = timezone.now()
        start = NOON + timedelta(days=1)
        booking = hold_slot(driver, station=station, start=start, end=start + timedelta(hours=1), now=now)
        confirm(booking, actor=driver, now=now)
        relay()
        return booking

    return booked
