"""Sending: messages are claimed in batches, sent outside of any transaction, and settled by what the provider said.

What a sender that died had claimed is looked up at the provider, and so is what a provider in trouble may have taken
without saying so: only what it has not is sent again.
"""

import logging
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from django.db import transaction
from django.utils import timezone

from notifications.channels import sender_of
from notifications.channels.outcomes import Accepted, Refused, Sender, Skipped, Unavailable
from notifications.models import Channel, Notification
from notifications.services.claiming import HELD_FOR, LEASE, claim, give_back, settle
from notifications.services.nights import asleep_until
from notifications.services.phones import disable_number

logger = logging.getLogger(__name__)
State = Notification.State

BATCH: Final = 50
BULK_BATCH: Final = 10
MAX_ATTEMPTS: Final = 12
FIRST_RETRY: Final = timedelta(seconds=5)
LAST_RETRY: Final = timedelta(minutes=30)


def send_due(channel: str) -> int:
    """Send one batch of what is due by this channel, the urgent first; returns how many were begun.

    What thousands get is sent by `send_bulk`, which somebody else calls: nothing waits behind it here.
    """
    now = timezone.now()
    recover_abandoned(channel, now)
    return _send_batch(channel, claim(channel, now, BATCH, bulk=False), now)


def send_bulk(channel: str) -> int:
    """Send a few of what thousands get; returns how many were begun."""
    now = timezone.now()
    return _send_batch(channel, claim(channel, now, BULK_BATCH, bulk=True), now)


def _send_batch(channel: str, batch: list[Notification], now: datetime) -> int:
    if not batch:
        return 0
    parcels = list(_parcels(batch, now))
    try:
        with sender_of(channel) as sender:
            for messages in parcels:
                _send_in_time(sender, messages, now)
    except Unavailable as error:  # the door is shut: nothing of the batch was tried
        for messages in parcels:
            _retry(messages, error)
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


def _parcels(batch: Sequence[Notification], now: datetime) -> Iterator[list[Notification]]:
    """What goes together: each message alone, a person's digest in one. What has lost its use is left out, and what
    finds its recipient asleep waits for the morning."""
    asleep = asleep_until(batch, now)
    singles: list[Notification] = []
    digests: list[Notification] = []
    for message in batch:
        morning = asleep.get(message.pk)
        if message.expires_at and message.expires_at < (morning or now):
            settle(message, state=State.SKIPPED, error="It would have come too late.")
        elif morning:
            give_back(message, due_at=morning)
        else:
            (digests if message.digest else singles).append(message)
    yield from ([message] for message in singles)
    digests.sort(key=lambda one: (str(one.recipient_id), one.created_at))
    for _, together in groupby(digests, key=lambda one: one.recipient_id):
        yield list(together)


def _send_in_time(sender: Sender, messages: list[Notification], claimed_at: datetime) -> None:
    """Send, or give back where a slow provider has left so little time that somebody else might take it up."""
    if timezone.now() - claimed_at < HELD_FOR:
        _send(sender, messages)
        return
    for message in messages:
        give_back(message)


def _send(sender: Sender, messages: list[Notification]) -> None:
    try:
        accepted = _known_already(sender, messages[0]) or sender.send(messages)
    except Skipped as skipped:
        for message in messages:
            settle(message, state=State.SKIPPED, error=str(skipped)[:200])
    except Refused as refused:
        _refuse(messages, refused)
    except Unavailable as error:
        _retry(messages, error)
    except Exception as error:
        logger.exception("Message %s could not be sent", messages[0].pk)
        _retry(messages, Unavailable(f"{type(error).__name__}: {error}"))
    else:
        for message in messages:
            _accept(message, accepted)


def _known_already(sender: Sender, message: Notification) -> Accepted | None:
    """What the provider took at an earlier try, without its answer reaching us."""
    return sender.find(message, since=message.created_at) if message.attempts > 1 else None


def _accept(message: Notification, accepted: Accepted) -> None:
    now = timezone.now()
    settle(
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
    now = timezone.now()
    with transaction.atomic():
        for message in messages:
            settle(
                message,
                state=State.FAILED,
                failed_at=now,
                error=str(refused)[:200],
                error_code=refused.code[:20],
                address=refused.address,
            )
        if refused.disables and messages[0].channel == Channel.SMS:
            disable_number(refused.address, code=refused.code, words=str(refused), now=now)


def _retry(messages: Sequence[Notification], error: Unavailable) -> None:
    """Later, all at the same moment: what goes together stays together."""
    now, words = timezone.now(), {"error": str(error)[:200], "error_code": error.code[:20]}
    again = now + retry_delay(messages[0].attempts)
    for message in messages:
        if message.attempts >= MAX_ATTEMPTS:
            settle(message, state=State.FAILED, failed_at=now, **words)
        else:
            settle(message, state=State.QUEUED, due_at=again, **words)


def _take_up(sender: Sender, message: Notification) -> None:
    found = sender.find(message, since=message.claimed_at or message.created_at)
    if found:
        _accept(message, found)
    else:
        settle(message, state=State.QUEUED)
