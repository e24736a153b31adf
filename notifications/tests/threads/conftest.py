"""A booking that can be written about, people on both sides, and what makes events arrive."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from evbooking.core.relay import relay
from notifications.models import Notification, Post, Side
from notifications.seats import Subject
from notifications.selectors.threads import seat_in
from notifications.services.threads import writing
from stations.models import Station
from tests.factories import make_booking

Write = Callable[..., Post]
Deliver = Callable[[], None]
SignedIn = Callable[[User], Client]


@pytest.fixture
def booking(station: Station, driver: User) -> Booking:
    return make_booking(station.evses.all()[0], driver, start=timezone.now() + timedelta(days=1))


@pytest.fixture
def ask(booking: Booking) -> Write:
    """`ask()` is the driver's first post about the booking; `ask("words", now=…)` another."""

    def write(body: str = "Is there a code?", *, now: datetime | None = None) -> Post:
        return writing.write_about(
            Subject.of_booking(booking),
            author=booking.driver,
            side=Side.DRIVER,
            body=body,
            now=now or timezone.now(),
        )

    return write


@pytest.fixture
def answer() -> Write:
    """`answer(staff, thread_id)` writes from that person's seat."""

    def write(person: User, thread: UUID, body: str = "It is 4711.", *, now: datetime | None = None) -> Post:
        return writing.post(seat_in(person, thread), body=body, now=now or timezone.now())

    return write


@pytest.fixture
def deliver() -> Deliver:
    """Everything published is delivered to its subscribers."""

    def run() -> None:
        while relay():
            continue

    return run


@pytest.fixture
def signed_in() -> SignedIn:
    def client(person: User) -> Client:
        browser = Client()
        browser.force_login(person)
        return browser

    return client


def told(person: User, channel: str = "inbox") -> list[Notification]:
    """The messages to a person by one channel, the oldest first."""
    return list(
        Notification.objects.filter(recipient=person, channel=channel).order_by("created_at", "event_id")
    )
