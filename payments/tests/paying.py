"""The driver's browser at the sandbox, and Stripe's deliveries to our webhook, as plain functions of a test."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import httpx
import stripe
from django.test import Client

from payments.sandbox.tests.running import SECRET, Running
from payments.sandbox.webhooks import signature

NOW: Final = datetime(2026, 12, 1, 8, tzinfo=UTC)
"""The moment of these tests; the shared sandbox's clock begins there."""

WEBHOOK: Final = "/payments/stripe/webhook"
VISA: Final = "pm_card_visa"
MASTERCARD: Final = "pm_card_mastercard"
DECLINED: Final = "pm_card_visa_chargeDeclined"
POOR: Final = "pm_card_visa_chargeDeclinedInsufficientFunds"
ASKS_UNLESS_SAVED: Final = "pm_card_authenticationRequiredOnSetup"
ALWAYS_ASKS: Final = "pm_card_authenticationRequired"
SAVED_BUT_EMPTY: Final = "pm_card_chargeCustomerFail"


class HasSecret(Protocol):
    """A Checkout, as far as a browser knows it."""

    @property
    def client_secret(self) -> str: ...


def set_clock(running: Running, to: datetime) -> None:
    """Turn the clock of a sandbox without objects to this moment."""
    seconds = round(to.timestamp() - time.time())
    if seconds > 0:
        running.control("clock", advance=seconds)
    elif seconds < 0:
        running.control("clock", back=-seconds)


def clear_faults(running: Running) -> None:
    httpx.delete(f"{running.url}/_sandbox/faults").raise_for_status()


def confirm(running: Running, checkout: HasSecret, card: str = VISA) -> str:
    """Enter a test card, as the Payment Element would, with the publishable key. Returns the intent's status.

    Raises stripe.CardError where the bank declines.
    """
    secret = checkout.client_secret
    intent_id = secret.partition("_secret_")[0]
    api = running.client("pk_test_any").v1
    intents: Any = api.setup_intents if secret.startswith("seti_") else api.payment_intents
    asked = {"client_secret": secret, "payment_method": card, "return_url": "http://localhost/back"}
    return str(intents.confirm(intent_id, asked).status)


def answer_bank(running: Running, checkout: HasSecret, *, passed: bool = True) -> None:
    """What the driver does on the bank's page of 3-D Secure."""
    intent_id = checkout.client_secret.partition("_secret_")[0]
    running.control(f"intents/{intent_id}/challenge", outcome="complete" if passed else "fail")


@dataclass
class Webhooks:
    """What the sandbox has to tell since `after` (evt_..., none: since its start), and its way to our view."""

    running: Running
    after: str | None

    @classmethod
    def of(cls, running: Running) -> "Webhooks":
        """From now on."""
        latest = running.client().v1.events.list({"limit": 1}).data
        return cls(running, latest[0].id if latest else None)

    def take(self) -> list[dict[str, Any]]:
        """The events since the last look, oldest first."""
        bounds: Any = {"limit": 100} | ({"ending_before": self.after} if self.after else {})
        page = self.running.client().v1.events.list(bounds)
        told = [json.loads(str(event)) for event in reversed(page.data)]
        self.after = told[-1]["id"] if told else self.after
        return told

    def deliver(self, *types: str) -> list[dict[str, Any]]:
        """Post the new events (of these types, or all) to the webhook; returns those that were posted."""
        sent = [event for event in self.take() if not types or event["type"] in types]
        for event in sent:
            assert post_event(event).status_code == 200
        return sent


def post_event(event: dict[str, Any], *, secret: str = SECRET, at: float | None = None) -> Any:
    """Post an event to our webhook, signed as Stripe signs."""
    body = json.dumps(event, indent=2)
    header = signature(body, secret, int(time.time() if at is None else at))
    return Client().post(WEBHOOK, body, content_type="application/json", headers={"Stripe-Signature": header})


def decline_of(running: Running, checkout: HasSecret, card: str = DECLINED) -> str:
    """Enter a card that the bank declines; returns the decline code."""
    try:
        confirm(running, checkout, card)
    except stripe.CardError as error:
        return str(error.error.decline_code)
    raise AssertionError(f"{card} was not declined")
