"""One charge point, taken from ten to eleven on a Tuesday, and people who would like that hour.

It is 1 December 2026, seven in UTC (eight in Hamburg).
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import Operator, User
from bookings.models import Booking, WaitlistEntry
from bookings.services.waitlist.joining import join
from bookings.services.waitlist.offering import offer_gains
from evbooking.core.models import DomainEvent
from evbooking.core.relay import relay
from stations.models import EVSE, Station
from tests.factories import make_booking, make_station, make_user

NOW = datetime(2026, 12, 1, 7, tzinfo=UTC)
TEN = datetime(2026, 12, 1, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)

Wait = Callable[..., WaitlistEntry]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def site(operator: Operator) -> Station:
    """One charge point of `operator`."""
    return make_station(operator, evses=1, name="Harbour", slug="harbour")


@pytest.fixture
def evse(site: Station) -> EVSE:
    return site.evses.get()


@pytest.fixture
def taken(evse: EVSE, driver: User) -> Booking:
    """The driver's, from ten to eleven."""
    return make_booking(evse, driver, start=TEN, now=NOW)


@pytest.fixture
def wait(site: Station) -> Wait:
    """`wait(person)` waits for an hour that begins at ten; a person of its own where none is named."""

    def enter(person: User | None = None, **asked: Any) -> WaitlistEntry:
        wish = {"stations": [site], "earliest": TEN, "latest": TEN + HOUR / 4, "duration_minutes": 60}
        [entry, *_] = join(person or make_user(), **{**wish, "now": datetime.now(UTC), **asked})
        return entry

    return enter


def settle() -> None:
    """Let the relay and the pump do what is due."""
    while relay() + offer_gains():
        pass


def state(entry: WaitlistEntry) -> str:
    return WaitlistEntry.objects.get(pk=entry.pk).status


def offer(entry: WaitlistEntry) -> Booking:
    """The newest slot that the entry was offered."""
    return entry.offers.select_related("evse").latest("created_at")


def told(entry: WaitlistEntry) -> list[str]:
    """The types of the entry's events, in order."""
    found = DomainEvent.objects.filter(subject=f"waitlist:{entry.pk}").order_by("sequence")
    return [type_.removeprefix("waitlist.") for type_ in found.values_list("type", flat=True)]
