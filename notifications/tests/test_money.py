"""What payments publish, told to who pays."""

from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from evbooking.core import events
from evbooking.core.relay import relay
from notifications.models import Notification
from notifications.tests.conftest import berlin

pytestmark = pytest.mark.django_db
NOW = berlin("2026-12-01 10:00")
ID = "00000000-0000-4000-8000-000000000001"


@pytest.mark.parametrize(
    ("type_", "more", "kind", "title", "path"),
    [
        (
            "payment.failed",
            {"payment_id": ID, "failure": "Your card has too little money."},
            "payment_failed",
            "Payment failed: 12.40 EUR",
            "/bookings/ABCDEFGH/checkout/",
        ),
        (
            "payment.action_required",
            {"payment_id": ID, "due_by": "2026-12-01T10:30:00Z"},
            "payment_action",
            "Your bank asks you to confirm 12.40 EUR",
            "/bookings/ABCDEFGH/checkout/",
        ),
        (
            "document.issued",
            {"document_id": ID, "number": "2026-000123", "kind": "INVOICE"},
            "receipt",
            "Invoice 2026-000123: 12.40 EUR",
            "/account/documents/2026-000123/",
        ),
        ("refund.succeeded", {"refund_id": ID}, "refund", "Money back: 12.40 EUR", "/account/payments/"),
    ],
)
def test_who_pays_is_told(
    type_: str, more: dict[str, Any], kind: str, title: str, path: str, driver: User
) -> None:
    data = {
        "booking": "ABCDEFGH",
        "driver_id": driver.pk,
        "operator_id": ID,
        "amount": "12.40",
        "currency": "EUR",
    }
    with transaction.atomic():
        events.publish(type_, subject=f"money:{ID}", data=data | more, now=NOW)
    relay()
    mail = Notification.objects.get(channel="email")
    assert (mail.recipient, mail.kind, mail.title, mail.path) == (driver, kind, title, path)


def test_by_when_a_payment_has_to_be_confirmed_is_said_with_its_day(driver: User) -> None:
    """The grace is up to a day, so an hour alone could be today's or tomorrow's."""
    data = {
        "payment_id": ID,
        "booking": "ABCDEFGH",
        "driver_id": driver.pk,
        "operator_id": ID,
        "amount": "12.40",
        "currency": "EUR",
        "due_by": "2026-12-02T09:00:00Z",
    }
    with transaction.atomic():
        events.publish("payment.action_required", subject=f"money:{ID}", data=data, now=NOW)
    relay()
    assert Notification.objects.get(channel="inbox").text == (
        "Your bank asks you to confirm 12.40 EUR for booking ABCDEFGH by Wed 2 Dec 10:00."
    )
