"""What web, relay and settling write while people pay, are declined and get money back, and while things fail."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import stripe
from django.db import connection
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from evbooking.local.processes import wait_until
from payments.models import BookingAccount, OperatorAccount, Refund, StripeEvent
from payments.sandbox.tests.running import SECRET, Running
from payments.sandbox.webhooks import signature
from payments.services.settling import settle_due
from payments.tests.faults.installed.driving import check_out, hold, pay
from payments.tests.faults.installed.processes import SECRET_KEY
from payments.tests.paying import DECLINED, WEBHOOK
from tests.factories import make_station

pytestmark = pytest.mark.django_db(transaction=True)
CARDS = ("4242424242424242", "4000000000000002", "pm_card_")


def test_no_key_card_secret_or_person_reaches_a_log(
    app: httpx.Client,
    own_sandbox: Running,
    ready_operator: OperatorAccount,
    driver: User,
    said: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    terms = {"payment": "ONLINE", "security": "PREPAYMENT"}
    reference = hold(app, make_station(ready_operator.operator, terms=terms), hours=30)
    checkout = check_out(app, reference)
    with pytest.raises(stripe.CardError):
        pay(own_sandbox, checkout["client_secret"], DECLINED)
    for match in ("GET /v1/payment_intents", "POST /v1/refunds"):
        own_sandbox.control("faults", target="api", kind="error", status=500, times=2, match=match)
    forged = send_forged(app, checkout["client_secret"], driver)
    pay(own_sandbox, checkout["client_secret"])
    assert wait_until(lambda: bool(errors_of_events()), seconds=60)
    failed = errors_of_events()
    assert wait_until(lambda: Booking.objects.get().status == "RESERVED", seconds=60)
    app.post(f"/bookings/{reference}/cancel", json={}).raise_for_status()
    assert wait_until(lambda: BookingAccount.objects.get().state == "DUE", seconds=60)
    settle_due(timezone.now())
    settle_due(timezone.now() + timedelta(hours=1))

    assert forged == 400
    assert Refund.objects.get().status == "SUCCEEDED"
    written = said.read_text()
    assert "PaymentProviderUnavailable" in written
    assert "is settled later" in caplog.text
    secrets = (SECRET_KEY, SECRET, checkout["client_secret"], checkout["ephemeral_key"], *CARDS)
    people = (driver.email, driver.name, app.headers["X-Session-Token"])
    everything = "\n".join([written, caplog.text, *failed])
    assert [secret for secret in (*secrets, *people) if secret in everything] == []


def test_nor_does_a_person_whose_row_the_database_refuses(
    app: httpx.Client, driver: User, said: Path
) -> None:
    """A request that fails for a reason nobody thought of: the database quotes the whole row, and we do not."""
    with frozen_people():
        answer = app.patch("/me", json={"name": "Erika Mustermann"})
    assert answer.status_code == 500
    assert wait_until(lambda: 'violates check constraint "frozen"' in said.read_text(), seconds=30)
    people = (driver.email, driver.name, "Erika", driver.password, app.headers["X-Session-Token"])
    assert [one for one in (*people, "Failing row") if one in said.read_text() + answer.text] == []


@contextmanager
def frozen_people() -> Iterator[None]:
    """No row of a person can be written meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_user ADD CONSTRAINT frozen CHECK (false) NOT VALID")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE accounts_user DROP CONSTRAINT frozen")


def errors_of_events() -> list[str]:
    """What is kept of the failures of Stripe's events that are tried again."""
    return list(StripeEvent.objects.filter(state="FAILED").values_list("last_error", flat=True))


def send_forged(app: httpx.Client, client_secret: str, driver: User) -> int:
    """A webhook that names secret and person, under a wrong signature; the status of the answer."""
    body = f'{{"id": "evt_forged", "secret": "{client_secret}", "email": "{driver.email}"}}'
    header = signature(body, "whsec_wrong", int(time.time()))
    where = str(app.base_url).removesuffix("/api/v1/") + WEBHOOK
    return httpx.post(where, content=body, headers={"Stripe-Signature": header}).status_code
