"""Redis is killed between hold and checkout: web and relay go on, and only live updates wait for its return."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from bookings.models import Booking
from evbooking.core.models import EventDelivery
from evbooking.local.processes import wait_until
from payments.ledger.checking import check_ledger
from payments.models import BookingAccount, OperatorAccount, StripeEvent
from payments.sandbox.tests.running import SECRET, Running, start
from payments.services.settling import settle_due
from payments.tests.conftest import use
from payments.tests.faults.processes import OwnRedis, free_port, installation
from payments.tests.paying import VISA, WEBHOOK
from stations.models import Station
from tests.factories import make_station
from tests.sessions import session_key

LIVE = {"live.bookings"}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def own_redis() -> Iterator[OwnRedis]:
    server = OwnRedis(free_port())
    server.start()
    yield server
    server.kill()


@pytest.fixture
def web_port() -> int:
    return free_port()


@pytest.fixture
def own_sandbox(web_port: int, settings: Settings) -> Iterator[Running]:
    """A sandbox that tells the web process, at once, of all that happens."""
    running = start("--webhook-url", f"http://127.0.0.1:{web_port}{WEBHOOK}", "--webhook-secret", SECRET)
    yield use(running, settings)
    running.stop()


@pytest.fixture
def app(
    own_redis: OwnRedis, own_sandbox: Running, web_port: int, driver: User, tmp_path: Path
) -> Iterator[httpx.Client]:
    """The driver's app at a running installation."""
    signed_in = {"X-Session-Token": session_key(driver)}
    with (
        installation(web_port, own_redis.url, tmp_path / "said.log") as address,
        httpx.Client(base_url=f"{address}/api/v1", headers=signed_in, timeout=30) as client,
    ):
        yield client


def test_nothing_but_live_updates_needs_redis(
    app: httpx.Client, own_redis: OwnRedis, own_sandbox: Running, ready_operator: OperatorAccount
) -> None:
    station = make_station(ready_operator.operator, terms={"payment": "ONLINE"})
    own_redis.kill()
    reference = hold(app, station)
    checkout = app.post(f"/bookings/{reference}/checkout", json={}).raise_for_status().json()
    pay(own_sandbox, checkout["client_secret"])
    assert wait_until(lambda: Booking.objects.get().status == "RESERVED", seconds=30)
    assert Booking.objects.get().payment_status == "secured"
    assert StripeEvent.objects.filter(state="DONE").exists()
    app.post(f"/bookings/{reference}/cancel", json={}).raise_for_status()
    assert wait_until(lambda: waiting() == LIVE and have_failed(), seconds=30), waiting()

    own_redis.start()
    assert wait_until(lambda: not waiting(), seconds=60), waiting()
    with redis.Redis.from_url(own_redis.url, decode_responses=True) as client:
        told: Any = client.xrevrange("evb:live")
    assert '"status":"CANCELED"' in next(entry["data"] for _, entry in told if entry["booking"] == reference)
    settle_due(timezone.now())
    account = BookingAccount.objects.get()
    assert (account.state, account.payments.get().status) == ("SETTLED", "CANCELED")
    assert [str(one) for one in check_ledger(timezone.now() + timedelta(hours=1))] == []


def waiting() -> set[str]:
    """The handlers that have something left to do."""
    return set(EventDelivery.objects.filter(done_at=None).values_list("handler", flat=True))


def have_failed() -> bool:
    """Whether what is left was tried."""
    return EventDelivery.objects.filter(done_at=None, attempts__gt=0).exists()


def hold(app: httpx.Client, station: Station) -> str:
    start = (timezone.now() + timedelta(hours=4)).replace(minute=0, second=0, microsecond=0)
    wanted = {
        "station": str(station.pk),
        "start": start.isoformat(),
        "end": (start + timedelta(hours=1)).isoformat(),
    }
    return str(app.post("/bookings", json=wanted).raise_for_status().json()["reference"])


def pay(sandbox: Running, client_secret: str) -> None:
    intent = client_secret.partition("_secret_")[0]
    intents = sandbox.client("pk_test_any").v1.payment_intents
    asked: Any = {
        "client_secret": client_secret,
        "payment_method": VISA,
        "return_url": "http://localhost/back",
    }
    assert intents.confirm(intent, asked).status == "requires_capture"
