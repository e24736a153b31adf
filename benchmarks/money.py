"""Money: a burst of Stripe's webhooks, and the checkout of held bookings against the sandbox."""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from benchmarks.load import Client, Job
from payments.sandbox.tests.running import SECRET, Running, start
from payments.sandbox.webhooks import signature

WEBHOOK = "/payments/stripe/webhook"


@contextmanager
def sandbox() -> Iterator[Running]:
    """A sandbox that delivers nothing by itself."""
    running = start("--webhook-secret", SECRET)
    try:
        yield running
    finally:
        running.stop()


def paying(env: dict[str, str], running: Running) -> dict[str, str]:
    """The environment of a web server that takes this sandbox for Stripe."""
    keys = {"STRIPE_SECRET_KEY": "sk_test_bench", "STRIPE_PUBLISHABLE_KEY": "pk_test_bench"}
    return {**env, **keys, "STRIPE_WEBHOOK_SECRET": SECRET, "STRIPE_API_BASE": running.url}


def events(count: int, batch: str) -> list[bytes]:
    """Signed-to-be bodies as large as Stripe's of a payment intent; ids begin with evt_<batch>."""
    intent = {f"field_{n}": f"value {n} of a payment intent" for n in range(60)}
    return [
        json.dumps(
            {
                "id": f"evt_{batch}_{number}",
                "object": "event",
                "type": "payment_intent.created",
                "livemode": False,
                "created": 1,
                "data": {"object": {"id": f"pi_{batch}_{number}", "object": "payment_intent", **intent}},
            }
        ).encode()
        for number in range(count)
    ]


def webhook_jobs(port: int, bodies: list[bytes]) -> list[Job]:
    """POSTs of these events over one connection, each answered 200."""
    client = Client(port)
    return [_deliver(client, body) for body in bodies]


def new_batch() -> str:
    return uuid.uuid4().hex[:12]


def stored(dsn: str, batch: str) -> int:
    """How many events of the batch there are."""
    with psycopg.connect(dsn) as connection:
        asked = "SELECT count(*) FROM payments_stripeevent WHERE id LIKE %s"
        row = connection.execute(asked, [f"evt_{batch}_%"]).fetchone()
    return int(str(row[0])) if row else 0


def forget(dsn: str, batch: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DELETE FROM payments_stripeevent WHERE id LIKE %s", [f"evt_{batch}_%"])


def _deliver(client: Client, body: bytes) -> Job:
    def job() -> object:
        header = signature(body.decode(), SECRET, int(time.time()))
        sent = {"Content-Type": "application/json", "Stripe-Signature": header}
        return client.call("POST", WEBHOOK, body=body, headers=sent, expect=200)

    return job
