"""A sample of the facts of every kind, for the golden files and the pictures."""

from typing import Any

from django.utils import timezone

from accounts.models import User
from notifications.kinds import KINDS
from notifications.models import Notification

SLOT: dict[str, Any] = {
    "station": "Harbour",
    "operator": "Nordstrom Charging",
    "address": "Jungfernstieg 1, Hamburg",
    "zone": "Europe/Berlin",
    "start": "2026-12-01T12:00:00Z",
    "end": "2026-12-01T13:15:00Z",
    "evse": "3",
    "reference": "ABCDEFGH",
    "price": {"amount": "12.4", "currency": "EUR"},
    "until": "2026-12-01T08:10:00Z",
    "answer_by": "2026-12-01T10:00:00Z",
    "arrive_until": "2026-12-01T12:15:00Z",
    "cancel_until": "2026-12-01T10:00:00Z",
    "noshow_fee": {"amount": "5", "currency": "EUR"},
    "fee": {"amount": "0", "currency": "EUR"},
    "who": "OPERATOR",
    "reason": "The charger is broken.",
    "before": {"evse_uid": "X", "start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:15:00Z"},
}
MONEY = {"amount": {"amount": "12.4", "currency": "EUR"}, "reference": "ABCDEFGH"}
_WRITTEN = {
    "thread": "5f0c1c2e-0000-4000-8000-000000000001",
    "posts": [
        {"id": "1", "text": "The barrier is closed."},
        {"id": "2", "text": "Is there a code?\n\nI arrive at noon."},
    ],
}
_ANNOUNCED = {
    "title": "Works at the harbour",
    "announced": "The road is dug up on Tuesday.\nPlease come by Quay Street.\n\nThank you.",
}
ABOUT_SLOT = {name: SLOT[name] for name in ("station", "operator", "zone", "start", "end", "reference")}
WATCH = {name: SLOT[name] for name in ("station", "address", "zone", "start", "end")} | {
    "free": 2,
    "connector": "CCS2",
    "watch": "00000000-0000-4000-8000-000000000001",
}
_OF_SERIES = ("station", "operator", "address", "zone", "start", "end", "price")
SERIES = {name: SLOT[name] for name in _OF_SERIES} | {
    "count": 4,
    "starts": [f"2026-12-{day:02}T12:00:00Z" for day in (1, 8, 15, 22)],
}
OWN: dict[str, dict[str, Any]] = {
    "driver_message": ABOUT_SLOT | _WRITTEN | {"writer": "Nordstrom Charging (Stina)"},
    "owner_message": ABOUT_SLOT | _WRITTEN | {"writer": "Dana D."},
    "admin_message": _WRITTEN
    | {"writer": "Stina Staff (Nordstrom Charging)", "station": "Harbour", "operator": "Nordstrom Charging"},
    "admin_report": {"station": "Harbour", "operator": "Nordstrom Charging", "reason": "It insults me."},
    "booking_canceled": SLOT | {"fee": {"amount": "2.48", "currency": "EUR"}},
    "noshow_marked": SLOT | {"fee": {"amount": "5", "currency": "EUR"}},
    "series_booked": SERIES,
    "series_changed": SERIES,
    "series_canceled": SERIES | {"fee": {"amount": "2.48", "currency": "EUR"}},
    "series_missed": {name: SLOT[name] for name in ("station", "operator", "address", "zone", "start", "end")}
    | {"problem": "slot_taken"},
    "owner_series": SERIES | {"driver": "Dana Driver", "act": "booked"},
    "payment_failed": MONEY | {"reason": "Your card has too little money.", "code": "insufficient_funds"},
    "payment_action": MONEY | {"due_by": "2026-12-02T08:10:00Z"},
    "receipt": MONEY | {"document": "INVOICE", "number": "2026-000123"},
    "refund": MONEY,
    "watch_free": WATCH | {"start": None, "end": None},
    "watch_slot": WATCH,
    "station_submitted": {"station": "Harbour"},
    "station_approved": {"station": "Harbour"},
    "station_rejected": {"station": "Harbour", "reason": "The address is not complete."},
    "owner_booking": SLOT | {"driver": "Dana Driver", "asks": True},
    "owner_cancellation": SLOT | {"driver": "Dana Driver", "who": "driver"},
    "owner_fault": {"station": "Harbour", "evse": "3"},
    "admin_queue": {"station": "Harbour", "operator": "Nordstrom Charging"},
    "admin_failures": {"dead": 2, "failed": 7},
    "new_device": {"browser": "Firefox on Windows", "at": "2026-12-01T08:00:00Z"},
    "webhook_disabled": {
        "url": "https://partner.example.org/hooks",
        "operator": "Nordstrom Charging",
        "gone": False,
    },
    "announcement": _ANNOUNCED | {"sender": "Nordstrom Charging", "booked": True},
    "service_announcement": _ANNOUNCED | {"sender": "evbooking", "booked": False},
    "sms_disabled": {"number": "+4915112345678", "error": "it is no mobile number", "code": "21614"},
}


def sample(kind: str, language: str, channel: str = "email", **data: Any) -> Notification:
    """A message of this kind, not written anywhere."""
    user = User(
        name="Dana Driver", email="dana@example.com", time_zone="Europe/Berlin", phone="+4915112345678"
    )
    facts = {**OWN.get(kind, SLOT), **data}
    return Notification(
        kind=kind,
        language=language,
        channel=channel,
        recipient=user,
        data=facts,
        path="/bookings/ABCDEFGH/",
        due_at=timezone.now(),
    )


def all_kinds() -> list[str]:
    return list(KINDS)
