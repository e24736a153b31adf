"""What a driver does with app and browser."""

from datetime import timedelta
from typing import Any

import httpx
from django.utils import timezone

from payments.sandbox.tests.running import Running
from payments.tests.paying import VISA
from stations.models import Station


def check_out(app: httpx.Client, reference: str) -> dict[str, Any]:
    """Ask to pay; what the app is told for that."""
    answer: dict[str, Any] = app.post(f"/bookings/{reference}/checkout", json={}).raise_for_status().json()
    return answer


def hold(app: httpx.Client, station: Station, *, hours: int = 4) -> str:
    """Book an hour, so many hours from now; the reference."""
    start = (timezone.now() + timedelta(hours=hours)).replace(minute=0, second=0, microsecond=0)
    wanted = {
        "station": str(station.pk),
        "start": start.isoformat(),
        "end": (start + timedelta(hours=1)).isoformat(),
    }
    return str(app.post("/bookings", json=wanted).raise_for_status().json()["reference"])


def pay(sandbox: Running, client_secret: str, card: str = VISA) -> str:
    """The driver's browser enters a card; the intent's status. Raises stripe.CardError for one that is declined."""
    intent = client_secret.partition("_secret_")[0]
    intents = sandbox.client("pk_test_any").v1.payment_intents
    asked: Any = {
        "client_secret": client_secret,
        "payment_method": card,
        "return_url": "http://localhost/back",
    }
    return str(intents.confirm(intent, asked).status)
