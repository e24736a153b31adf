"""A station that is taken, a clock that can be moved, and everything the relay process does about watches."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from bookings.models import Booking
from bookings.services.cancel import cancel
from evbooking.core.relay import relay
from notifications.models import Notification
from notifications.services.watches.looking import look_at_changes
from notifications.tests.conftest import berlin
from stations.models import Station
from tests.factories import make_booking, make_station

NOW: datetime = berlin("2026-12-01 10:00")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def quay(db: None) -> Station:
    return make_station(name="Quay", slug="quay")


@pytest.fixture
def taken(quay: Station, stranger: User) -> Booking:
    """The only EVSE is booked from now on for five hours."""
    return make_booking(quay.evses.get(), stranger, start=NOW - 5 * MINUTE, minutes=300, now=NOW - HOUR)


Pass = Callable[[timedelta], None]


@pytest.fixture
def pass_time(clock: time_machine.Traveller) -> Pass:
    """`pass_time(2 * MINUTE)`: the relay process works, then the time passes, then it works again."""

    def go(by: timedelta) -> None:
        work()
        clock.shift(by)
        work()

    return go


def work() -> None:
    """What the relay process does: events to their handlers, watches, and again what follows from them."""
    while relay() + look_at_changes():
        pass


def leave(booking: Booking, actor: User, now: datetime) -> None:
    """The slot is free again."""
    cancel(booking, actor=actor, now=now)


def messages_to(user: User, **more: Any) -> list[str]:
    """The inbox's titles about watches, the oldest first."""
    found = Notification.objects.filter(recipient=user, channel="inbox", kind__startswith="watch_", **more)
    return list(found.order_by("created_at").values_list("title", flat=True))
