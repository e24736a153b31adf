"""What the tests of the staff's pages do in a browser."""

from datetime import UTC, datetime
from typing import Any

from django.test import Client

from accounts.models import User
from bookings.models import Booking

START = datetime(2026, 12, 1, 8, tzinfo=UTC)
ROOT = "/operator/bookings/"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def act(client: Client, booking: Booking, name: str, **fields: str) -> Any:
    """The answer to pressing a button of the booking, followed to the page that it leads to."""
    return client.post(f"{ROOT}{booking.reference}/{name}/", fields, follow=True)


def ref(booking: Booking) -> str:
    """The reference as it stands on pages."""
    return f"{booking.reference}"


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def state_of(booking: Booking) -> str:
    return Booking.objects.get(pk=booking.pk).status
