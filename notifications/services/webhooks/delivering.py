"""Delivering: claimed in the database, sent outside of any transaction, settled by what came back.

A claim is committed before the receiver is called. Whose sender died is taken up after LEASE and sent again under
the same id, so that each arrives at least once, and a receiver that keeps ids sees each once. Of one endpoint and
subject the next is claimed when the one before is over; of one endpoint at most MOST_AT_ONCE are under way.
"""

import random
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from evbooking.core import vault
from evbooking.core.pumps import wake_after_commit
from notifications.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from notifications.services.webhooks.endpoints import disable_webhook
from notifications.services.webhooks.queueing import PUMP
from notifications.webhooks.addresses import BadReceiver, read_receiver, resolve
from notifications.webhooks.posting import NoAnswer, post
from notifications.webhooks.sealing import open_secret
from notifications.webhooks.signing import signed_headers

State, Reason = WebhookDelivery.State, WebhookEndpoint.Reason

LEASE: Final = timedelta(minutes=1)  # a request takes ten seconds at most
MOST_AT_ONCE: Final = 4
TRIED_FOR: Final = timedelta(days=3)
FIRST_RETRY: Final = timedelta(seconds=5)
LAST_RETRY: Final = timedelta(hours=4)
GONE: Final = 410
_UNREADABLE: Final = "Its secret cannot be read any more: ask for a new one."
_AGENT: Final = "evbooking-webhooks/1.0"
_TYPE: Final = "application/cloudevents+json; charset=utf-8"

_CLAIM: Final = """
    UPDATE notifications_webhookdelivery SET state = 'SENDING', claimed_at = %(now)s, attempts = attempts + 1
    WHERE id IN (
        SELECT due.id FROM notifications_webhookendpoint e CROSS JOIN LATERAL (
            SELECT d.id, d.next_attempt_at FROM notifications_webhookdelivery d
            WHERE d.endpoint_id = e.id AND d.state = 'QUEUED' AND d.next_attempt_at <= %(now)s
              AND NOT EXISTS (
                  SELECT 1 FROM notifications_webhookdelivery earlier
                  WHERE earlier.endpoint_id = d.endpoint_id AND earlier.subject = d.subject
                    AND earlier.sequence < d.sequence AND earlier.state IN ('QUEUED', 'SENDING'))
            ORDER BY d.next_attempt_at, d.event_id
            LIMIT greatest(0, %(most)s - (
                SELECT count(*) FROM notifications_webhookdelivery busy
                WHERE busy.endpoint_id = e.id AND busy.state = 'SENDING'))
            FOR UPDATE SKIP LOCKED
        ) due
        WHERE e.state = 'ACTIVE' ORDER BY due.next_attempt_at LIMIT %(limit)s)
    RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt: a status, or the reason why there is none."""

    at: datetime
    latency_ms: int
    status: int | None = None
    answer: str = ""
    error: str = ""

    @property
    def is_accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def words(self) -> str:
        """Why it counts as failed, "" where it does not."""
        if self.status is not None and 300 <= self.status < 400:
            return f"It answered {self.status}: redirects are not followed."
        return "" if self.is_accepted else self.error or f"It answered {self.status}."


def claim(limit: int, now: datetime) -> list[WebhookDelivery]:
    """Take at most `limit` that are due into one's hands, with their endpoints."""
    recover_abandoned(now)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "limit": limit, "most": MOST_AT_ONCE})
        ids = [id_ for (id_,) in cursor.fetchall()]
    claimed = WebhookDelivery.objects.filter(pk__in=ids).select_related("endpoint")
    return list(claimed.order_by("next_attempt_at", "event_id"))


def recover_abandoned(now: datetime) -> int:
    """Queue again what somebody who died had claimed; returns how many."""
    dead = WebhookDelivery.objects.filter(state=State.SENDING, claimed_at__lt=now - LEASE)
    return dead.update(state=State.QUEUED, next_attempt_at=now)


def deliver_due(limit: int) -> int:
    """Claim and deliver one batch, one after the other; returns how many."""
    claimed = claim(limit, timezone.now())
    for delivery in claimed:
        deliver(delivery)
    return len(claimed)


def deliver(delivery: WebhookDelivery) -> None:
    """Send one claimed delivery and write down what came of it."""
    settle(delivery, send(delivery))


def send(delivery: WebhookDelivery) -> Outcome:
    """One attempt, in no transaction."""
    now, began = timezone.now(), perf_counter()
    body = delivery.body.encode()
    headers = {"Content-Type": _TYPE, "User-Agent": _AGENT, "Accept-Encoding": "identity"}
    try:
        headers |= signed_headers(
            str(delivery.event_id),
            timestamp=int(now.timestamp()),
            body=body,
            with_secrets=secrets_of(delivery.endpoint, now),
        )
        receiver = read_receiver(delivery.endpoint.url)
        answer = post(receiver, resolve(receiver), headers=headers, body=body)
    except vault.Unreadable:
        return Outcome(now, _since(began), error=_UNREADABLE)
    except (BadReceiver, NoAnswer) as error:
        return Outcome(now, _since(began), error=str(error)[:200])
    return Outcome(now, _since(began), status=answer.status, answer=answer.text)


def secrets_of(endpoint: WebhookEndpoint, now: datetime) -> list[str]:
    """The secrets that sign: for a day after a change the previous one, too, if it can still be read.

    Raises vault.Unreadable for the present one.
    """
    signing = [endpoint.secret]
    until = endpoint.previous_secret_until
    if until and now < until:
        with suppress(vault.Unreadable):
            signing.append(open_secret(endpoint.pk, endpoint.sealed_previous_secret))
    return signing


@transaction.atomic
def settle(delivery: WebhookDelivery, outcome: Outcome) -> None:
    """Log the attempt; move the delivery on, unless the claim has passed to somebody else meanwhile."""
    if not WebhookEndpoint.objects.select_for_update().filter(pk=delivery.endpoint_id).exists():
        return  # removed meanwhile, and the log with it
    WebhookAttempt.objects.create(
        delivery=delivery,
        at=outcome.at,
        status_code=outcome.status,
        latency_ms=outcome.latency_ms,
        answer=outcome.answer,
        error=outcome.words if outcome.status is None else "",
    )
    endpoint = WebhookEndpoint.objects.filter(pk=delivery.endpoint_id)
    if outcome.is_accepted:
        endpoint.exclude(failing_since=None).update(failing_since=None)
        _move(delivery, state=State.DELIVERED, delivered_at=outcome.at, error="")
    else:
        endpoint.filter(failing_since=None).update(failing_since=outcome.at)
        _retry_or_give_up(delivery, outcome)
    if WebhookDelivery.objects.filter(endpoint=delivery.endpoint_id, state=State.QUEUED).exists():
        wake_after_commit(PUMP)


def retry_delay(attempts: int) -> timedelta:
    """The wait after this many attempts: 5 s doubled each time, at most 4 h, half of it by chance."""
    ceiling: timedelta = min(FIRST_RETRY * 2 ** min(attempts - 1, 16), LAST_RETRY)
    return ceiling * random.uniform(0.5, 1)  # noqa: S311 - jitter, no secret


def _retry_or_give_up(delivery: WebhookDelivery, outcome: Outcome) -> None:
    now = timezone.now()
    since = delivery.trying_since or outcome.at
    last = since + TRIED_FOR
    if outcome.status == GONE or now >= last:
        _move(delivery, state=State.FAILED, error=outcome.words)
    else:
        again = min(now + retry_delay(delivery.attempts), last)
        _move(delivery, state=State.QUEUED, trying_since=since, next_attempt_at=again, error=outcome.words)
    _disable_where_hopeless(delivery, outcome, now)


def _disable_where_hopeless(delivery: WebhookDelivery, outcome: Outcome, now: datetime) -> None:
    """What says that it is gone, or took nothing for three days, is asked no more."""
    endpoint = WebhookEndpoint.objects.get(pk=delivery.endpoint_id)
    failing = endpoint.failing_since is not None and now - endpoint.failing_since >= TRIED_FOR
    if endpoint.state == WebhookEndpoint.State.ACTIVE and (outcome.status == GONE or failing):
        reason = Reason.GONE if outcome.status == GONE else Reason.FAILING
        disable_webhook(endpoint, reason=reason, actor=None, now=now)


def _move(delivery: WebhookDelivery, **fields: object) -> bool:
    mine = WebhookDelivery.objects.filter(pk=delivery.pk, state=State.SENDING, claimed_at=delivery.claimed_at)
    return bool(mine.update(**fields))


def _since(began: float) -> int:
    return round((perf_counter() - began) * 1000)
