"""Sending: messages are claimed in batches, sent outside of any transaction, and settled by what the provider said.

A claim is committed before the provider is called, so that a message is in one pair of hands. A sender that dies
leaves its claims behind; after LEASE they are looked up at the provider, and only what it has not is sent again.
"""

import logging
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from notifications.channels import sender_of
from notifications.channels.outcomes import Accepted, Refused, Sender, Skipped, Unavailable
from notifications.models import Channel, Notification
from notifications.services.phones import disable_number

logger = logging.getLogger(__name__)
State, Priority = Notification.State, Notification.Priority

BATCH: Final = 50
BULK_BATCH: Final = 10
LEASE: Final = timedelta(minutes=5)
MAX_ATTEMPTS: Final = 12
FIRST_RETRY: Final = timedelta(seconds=5)
LAST_RETRY: Final = timedelta(minutes=30)

_CLAIM: Final = """
    UPDATE notifications_notification SET state = 'SENDING', claimed_at = %(now)s, attempts = attempts + 1
    WHERE id IN (
        SELECT id FROM notifications_notification
        WHERE state = 'QUEUED' AND channel = %(channel)s AND due_at <= %(now)s
          AND priority BETWEEN %(first)s AND %(last)s
        ORDER BY priority, due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING id
"""


def send_due(channel: str) -> int:
    """Send one batch of what is due by this channel, the urgent first; returns how many were begun.

    What thousands get is sent by `send_bulk`, which somebody else calls: nothing waits behind it here.
    """
    now = timezone.now()
    recover_abandoned(channel, now)
    return _send_batch(channel, _claim(channel, now, BATCH, bulk=False), now)


def send_bulk(channel: str) -> int:
    """Send a few of what thousands get; returns how many were begun."""
    now = timezone.now()
    return _send_batch(channel, _claim(channel, now, BULK_BATCH, bulk=True), now)


def _send_batch(channel: str, batch: list[Notification], now: datetime) -> int:
    if not batch:
        return 0
    try:
        with sender_of(channel) as sender:
            for messages in _parcels(batch, now):
                _send(sender, messages)
    except Unavailable as error:  # the door is shut: nothing of the batch was tried
        for message in batch:
            _retry(message, error)
    return len(batch)


def recover_abandoned(channel: str, now: datetime) -> int:
    """Take up what a sender that died had claimed; returns how many."""
    abandoned = list(
        Notification.objects.filter(state=State.SENDING, channel=channel, claimed_at__lt=now - LEASE)
        .select_related("recipient")
        .order_by("claimed_at")[:BATCH]
    )
    if not abandoned:
        return 0
    try:
        with sender_of(channel) as sender:
            for message in abandoned:
                _take_up(sender, message)
    except Unavailable as error:
        logger.warning("%s cannot be asked what it has: %s", channel, error)
    return len(abandoned)


def retry_delay(attempts: int) -> timedelta:
    """The wait after this many attempts: 5 s doubled each time, at most 30 min, half of it by chance."""
    ceiling: timedelta = min(FIRST_RETRY * 2 ** min(attempts - 1, 12), LAST_RETRY)
    return ceiling * random.uniform(0.5, 1)  # noqa: S311 - jitter, no secret


def _claim(channel: str, now: datetime, limit: int, *, bulk: bool) -> list[Notification]:
    first = Priority.BULK if bulk else Priority.URGENT
    which = {"first": first, "last": Priority.BULK if bulk else Priority.BULK - 1}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"channel": channel, "now": now, "limit": limit, **which})
        ids = [id_ for (id_,) in cursor.fetchall()]
    claimed = Notification.objects.filter(pk__in=ids).select_related("recipient")
    return list(claimed.order_by("priority", "due_at", "created_at", "id"))


def _parcels(batch: Sequence[Notification], now: datetime) -> Iterator[list[Notification]]:
    """What goes together: each message alone, a person's digest in one. What has lost its use is left out."""
    singles, digests = [], []
    for message in batch:
        if message.expires_at and message.expires_at < now:
            _settle(message, state=State.SKIPPED, error="It would have come too late.")
        elif message.digest:
            digests.append(message)
        else:
            singles.append(message)
    yield from ([message] for message in singles)
    digests.sort(key=lambda one: (str(one.recipient_id), one.created_at))
    for _, together in groupby(digests, key=lambda one: one.recipient_id):
        yield list(together)


def _send(sender: Sender, messages: list[Notification]) -> None:
    try:
        accepted = sender.send(messages)
    except Skipped as skipped:
        _settle_all(messages, state=State.SKIPPED, error=str(skipped)[:200])
    except Refused as refused:
        _refuse(messages, refused)
    except Unavailable as error:
        for message in messages:
            _retry(message, error)
    except Exception as error:
        logger.exception("Message %s could not be sent", messages[0].pk)
        for message in messages:
            _retry(message, Unavailable(f"{type(error).__name__}: {error}"))
    else:
        for message in messages:
            _accept(message, accepted)


def _accept(message: Notification, accepted: Accepted) -> None:
    now = timezone.now()
    _settle(
        message,
        state=State.DELIVERED if accepted.delivered else State.SENT,
        sent_at=now,
        delivered_at=now if accepted.delivered else None,
        address=accepted.address,
        provider_id=accepted.provider_id,
        segments=accepted.segments,
        error="",
        error_code="",
    )


def _refuse(messages: list[Notification], refused: Refused) -> None:
    with transaction.atomic():
        for message in messages:
            _settle(
                message,
                state=State.FAILED,
                error=str(refused)[:200],
                error_code=refused.code[:20],
                address=refused.address,
            )
        if refused.disables and messages[0].channel == Channel.SMS:
            disable_number(refused.address, code=refused.code, words=str(refused), now=timezone.now())


def _retry(message: Notification, error: Unavailable) -> None:
    words = {"error": str(error)[:200], "error_code": error.code[:20]}
    if message.attempts >= MAX_ATTEMPTS:
        _settle(message, state=State.FAILED, **words)
    else:
        _settle(message, state=State.QUEUED, due_at=timezone.now() + retry_delay(message.attempts), **words)


def _take_up(sender: Sender, message: Notification) -> None:
    found = sender.find(message, since=message.claimed_at or message.created_at)
    if found:
        _accept(message, found)
    else:
        _settle(message, state=State.QUEUED)


def _settle_all(messages: Sequence[Notification], **fields: object) -> None:
    for message in messages:
        _settle(message, **fields)


def _settle(message: Notification, **fields: object) -> bool:
    """Write the outcome, unless the claim has passed to somebody else, or a callback knew more, meanwhile."""
    mine = Notification.objects.filter(pk=message.pk, state=State.SENDING, claimed_at=message.claimed_at)
    return bool(mine.update(**fields))
