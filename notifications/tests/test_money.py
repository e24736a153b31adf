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
