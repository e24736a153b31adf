"""Redis is killed between hold and checkout: web and relay go on, and only live updates wait for its return."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
import redis
from django.utils import timezone

from bookings.models import Booking
from evbooking.core.models import DomainEvent, EventDelivery
from evbooking.local.processes import wait_until
from payments.ledger.checking import check_ledger
from payments.models import BookingAccount, OperatorAccount, StripeEvent
from payments.sandbox.tests.running import Running
from payments.services.settling import settle_due
from payments.tests.faults.installed.driving import check_out, hold, pay
from payments.tests.faults.installed.processes import OwnRedis
from tests.factories import make_station

LIVE = {"live.bookings"}
pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_but_live_updates_needs_redis(
    app: httpx.Client, own_redis: OwnRedis, own_sandbox: Running, ready_operator: OperatorAccount
) -> None:
    station = make_station(ready_operator.operator, terms={"payment": "ONLINE"})
    own_redis.kill()
    reference = hold(app, station)
    assert pay(own_sandbox, check_out(app, reference)["client_secret"]) == "requires_capture"
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
    """The handlers that have something left to do; "relay" where an event has not come to its handlers yet."""
    relay = {"relay"} if DomainEvent.objects.filter(dispatched_at=None).exists() else set()
    return relay | set(EventDelivery.objects.filter(done_at=None).values_list("handler", flat=True))


def have_failed() -> bool:
    """Whether what is left was tried."""
    return EventDelivery.objects.filter(done_at=None, attempts__gt=0).exists()
