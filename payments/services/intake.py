"""Stripe's webhooks: taken in at once, each stored once, and worked off afterwards, again and again until it is done.

An event only says that something happened to an object; what, is read again from Stripe by its handler. So an event
that comes late, twice, out of order or not at all changes nothing about the end.
"""

import json
import logging
import traceback
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

import stripe
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from psycopg.types.json import Jsonb

from accounts.models import User
from evbooking.core import audit
from evbooking.core.errors import WrongState
from evbooking.core.pumps import pump, wake_after_commit
from evbooking.core.relay import retry_delay
from payments.errors import BadWebhook
from payments.models import StripeEvent
from payments.services.routing import ROUTES, NotOurs, require_ours

logger = logging.getLogger(__name__)

PUMP: Final = "stripe-events"
TOLERANCE_SECONDS: Final = 300
MAX_ATTEMPTS: Final = 12
_BATCH: Final = 50
_LEASE: Final = timedelta(minutes=2)  # how long a worker that died keeps an event from the others
_OPEN: Final = (StripeEvent.State.RECEIVED, StripeEvent.State.FAILED)
_INSERT: Final = """
INSERT INTO payments_stripeevent
    (id, type, account, object_id, livemode, payload, state, attempts, next_attempt_at, last_error, received_at)
VALUES (%s, %s, %s, %s, %s, %s, 'RECEIVED', 0, %s, '', %s)
ON CONFLICT (id) DO NOTHING
"""


def receive(body: bytes, signature: str, *, now: datetime) -> bool:
    """Store the event of a webhook, unless it is stored already; says whether it was new.

    The signature is checked over the raw body, at most TOLERANCE_SECONDS old. Raises BadWebhook, and stores nothing,
    for a missing, wrong or outdated signature, for what is no event, and for an event of the other mode (live, test).
    """
    event = _verified(body, signature)
    if event["livemode"] != settings.STRIPE_SECRET_KEY.startswith(("sk_live", "rk_live")):
        raise BadWebhook("The event is of Stripe's other mode, live or test.")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, _row(event, now))
            is_new = bool(cursor.rowcount)
        if is_new:
            wake_after_commit(PUMP)
    return is_new


@pump(PUMP)
def process_now() -> int:
    """`process_due` at this moment."""
    return process_due(timezone.now())


def process_due(now: datetime) -> int:
    """Work off what is due, the oldest first; returns how many were tried. Any number of workers may run."""
    due = StripeEvent.objects.filter(state__in=_OPEN, next_attempt_at__lte=now).order_by("next_attempt_at")
    ids = list(due.values_list("id", flat=True)[:_BATCH])
    return sum(process_event(id_, now=now) for id_ in ids)


def process_event(id_: str, *, now: datetime) -> bool:
    """Hand one event to its listener; False when it is not due, or in somebody else's hands.

    A listener that fails makes it FAILED with a later attempt, and after MAX_ATTEMPTS DEAD.
    """
    claimed = StripeEvent.objects.filter(pk=id_, state__in=_OPEN, next_attempt_at__lte=now)
    if not claimed.update(attempts=F("attempts") + 1, next_attempt_at=now + _LEASE):
        return False
    event = StripeEvent.objects.get(pk=id_)
    handler = ROUTES.get(event.type)
    try:
        if handler is not None:
            require_ours(event)
            handler(event, now)
    except NotOurs as why:
        _close(event, StripeEvent.State.IGNORED, now, words=str(why))
    except Exception as error:
        logger.exception("Stripe event %s (%s) failed", event.pk, event.type)
        _fail(event, error, now)
    else:
        _close(event, StripeEvent.State.DONE if handler else StripeEvent.State.IGNORED, now)
    return True


@transaction.atomic
def replay_event(event_id: str, *, actor: User, now: datetime) -> StripeEvent:
    """Have a dead or failed event tried again at once. Raises WrongState for any other, DoesNotExist for none."""
    event = StripeEvent.objects.select_for_update().get(pk=event_id)
    if event.state not in {StripeEvent.State.DEAD, StripeEvent.State.FAILED}:
        raise WrongState("Only an event that failed is tried again.")
    before = {"state": event.state, "attempts": event.attempts}
    event.state, event.attempts, event.next_attempt_at = StripeEvent.State.RECEIVED, 0, now
    event.save(update_fields=["state", "attempts", "next_attempt_at"])
    audit.record(
        "stripe_event.replayed", target=event, actor=actor, before=before, after={"state": event.state}
    )
    wake_after_commit(PUMP)
    return event


def _verified(body: bytes, signature: str) -> Mapping[str, Any]:
    try:
        text = body.decode()
        _check_signature(text, signature)
        event = json.loads(text)
        object_ = event["data"]["object"]
        known = isinstance(event["id"], str) and isinstance(event["type"], str)
    except (ValueError, KeyError, TypeError) as error:
        raise BadWebhook from error
    if not known or not isinstance(event.get("livemode"), bool) or not isinstance(object_, dict):
        raise BadWebhook
    return event  # type: ignore[no-any-return]  # checked just above


def _check_signature(text: str, signature: str) -> None:
    """Raises BadWebhook unless it is signed with the secret of one of our endpoints.

    Stripe has an endpoint for our own account and another for the connected ones, each with a secret of its own.
    """
    secrets = [secret for part in settings.STRIPE_WEBHOOK_SECRET.split(",") if (secret := part.strip())]
    for secret in secrets:
        with suppress(stripe.SignatureVerificationError):
            stripe.WebhookSignature.verify_header(text, signature, secret, tolerance=TOLERANCE_SECONDS)
            return
    raise BadWebhook


def _row(event: Mapping[str, Any], now: datetime) -> list[Any]:
    object_id = event["data"]["object"].get("id") or ""
    names = [event["id"], event["type"], event.get("account") or "", object_id]
    return [*names, event["livemode"], Jsonb(event), now, now]


def _close(event: StripeEvent, state: StripeEvent.State, now: datetime, *, words: str = "") -> None:
    StripeEvent.objects.filter(pk=event.pk).update(state=state, done_at=now, last_error=words)


def _fail(event: StripeEvent, error: Exception, now: datetime) -> None:
    dead = event.attempts >= MAX_ATTEMPTS
    words = "".join(traceback.format_exception(error))[-4000:]
    StripeEvent.objects.filter(pk=event.pk).update(
        state=StripeEvent.State.DEAD if dead else StripeEvent.State.FAILED,
        next_attempt_at=now + retry_delay(event.attempts),
        last_error=words,
    )
