"""Checkout: POST /bookings/{reference}/checkout of held bookings, and the same requests to Stripe without us."""

import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import stripe

from benchmarks.load import Client, Job


@dataclass(frozen=True, slots=True)
class Held:
    """A booking that waits for its payment, and whose it is."""

    reference: str
    driver_id: str


_TO_BE_PAID = """
UPDATE bookings_booking
SET terms = terms || '{"payment": "ONLINE", "security": "PREPAYMENT"}', payment_status = 'required',
    hold_expires_at = now() + interval '1 hour'
WHERE created_at >= %s AND status = 'HELD' RETURNING reference, driver_id::text
"""
_FORGET = (
    "DELETE FROM payments_payment WHERE created_at >= %s",
    "DELETE FROM payments_bookingaccount WHERE created_at >= %s",
    "DELETE FROM payments_customer WHERE created_at >= %s",
)


def ask_for_payment(dsn: str, since: datetime) -> list[Held]:
    """Have the holds made since then be paid online, before the visit."""
    with psycopg.connect(dsn) as connection:
        return [Held(str(row[0]), str(row[1])) for row in connection.execute(_TO_BE_PAID, [since])]


def http_jobs(port: int, tokens: dict[str, str], some: list[Held]) -> list[Job]:
    """A driver's first checkout each, answered 200: customer, intent and the app's key are made at the sandbox."""
    client = Client(port)
    return [_post(client, tokens[held.driver_id], held.reference) for held in some]


def unknown_jobs(port: int, tokens: dict[str, str], some: list[Held]) -> list[Job]:
    """The same requests for a booking that does not exist, answered 404: what any request of a driver costs."""
    client = Client(port)
    return [_post(client, tokens[held.driver_id], "ABCDEFGH", expect=404) for held in some]


def bare_seconds(url: str, count: int, clients: int) -> float:
    """CPU seconds that the stripe library takes for the same three requests, with a thread for each client."""
    client = stripe.StripeClient(
        "sk_test_bench", base_addresses={"api": url}, http_client=stripe.RequestsClient(timeout=10)
    )
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(_three_requests, [client] * clients * 2))
        began = time.process_time()
        list(pool.map(_three_requests, [client] * count))
        return (time.process_time() - began) / count


def forget(dsn: str, since: datetime) -> None:
    """Take back the rows of payments, which in earnest stay for ever; their bookings are `booking.forget`'s."""
    with psycopg.connect(dsn) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")  # past the triggers that keep them
        for statement in _FORGET:
            connection.execute(statement, [since])


def _post(client: Client, token: str, reference: str, expect: int = 200) -> Callable[[], object]:
    headers = {"Content-Type": "application/json", "X-Session-Token": token}
    path = f"/api/v1/bookings/{reference}/checkout"
    return lambda: client.call("POST", path, body=b"{}", headers=headers, expect=expect)


def _three_requests(client: stripe.StripeClient) -> None:
    named: Any = {"payment": str(uuid.uuid4()), "booking": "ABCDEFGH", "installation": "bench"}
    customer = client.v1.customers.create({"email": "bench@example.org", "metadata": named}, _key()).id
    intent: Any = {
        "amount": 550,
        "currency": "eur",
        "customer": customer,
        "payment_method_types": ["card"],
        "setup_future_usage": "off_session",
        "description": "Charging at a station of the benchmark",
        "metadata": named,
    }
    client.v1.payment_intents.create(intent, _key())
    client.v1.ephemeral_keys.create({"customer": customer}, {"stripe_version": stripe.api_version})


def _key() -> Any:
    return {"idempotency_key": str(uuid.uuid4())}
