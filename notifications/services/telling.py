"""Telling people: one row per person and channel, written with the delivery of the event it is about."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import redis
from django.db import transaction

from accounts.models import User
from evbooking.core.api.json import dumps
from evbooking.core.live import LiveEntry, push
from evbooking.core.models import DomainEvent
from evbooking.core.pumps import wake_after_commit
from notifications.kinds import KINDS, Kind
from notifications.models import Channel, Device, Notification, Wishes
from notifications.quiet import after_quiet, next_digest
from notifications.selectors import is_enabled, switches_of, unread_counts, wishes_of
from notifications.setup import is_set_up
from notifications.wording import known_language, word

logger = logging.getLogger(__name__)
INBOX_UPDATED = "inbox.updated"
STALE_AFTER = timedelta(days=1)
LONGEST_TITLE = 200
State, Priority = Notification.State, Notification.Priority


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told: of which event, as which kind, with which facts (JSON), about which page of ours.

    `personal` are the facts that only one of the recipients is told, by person.
    """

    event: DomainEvent
    kind: str
    data: dict[str, Any]
    path: str = ""
    bulk: bool = False
    personal: Mapping[UUID, dict[str, Any]] = field(default_factory=dict)


def tell(news: News, recipients: Iterable[User], *, now: datetime) -> int:
    """Write the messages for everyone active among the recipients; returns how many are new.

    Needs the transaction in which the event is delivered. Who was told of this event by a channel is not told
    again, whatever the kind; sending begins after the commit.
    """
    kind = KINDS[news.kind]
    people = [user for user in recipients if user.is_active]
    rows = [row for person in _reach(kind, people) for row in _rows(news, kind, person, now)]
    if _is_stale(news, now):
        rows = [_filed(row, news.event.occurred_at) for row in rows if row.channel == Channel.INBOX]
    known = set(
        Notification.objects.filter(event_id=news.event.pk, recipient__in=people).values_list(
            "recipient_id", "channel"
        )
    )
    new = [row for row in rows if (row.recipient_id, row.channel) not in known]
    Notification.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    for channel in {row.channel for row in new if row.state == State.QUEUED}:
        wake_after_commit(pump_name(channel, bulk=news.bulk))
    if any(row.channel == Channel.INBOX for row in new):
        transaction.on_commit(partial(show_unread, [user.pk for user in people]))
    return len(new)


def pump_name(channel: str, *, bulk: bool = False) -> str:
    """The pump that sends by this channel; what thousands get has one of its own."""
    return f"messages.{channel}.bulk" if bulk else f"messages.{channel}"


def show_unread(user_ids: Iterable[UUID]) -> None:
    """Tell the open pages of these people how many messages they have not read; without Redis a reload does."""
    counts = unread_counts(user_ids)
    try:
        push(*(LiveEntry(INBOX_UPDATED, {"unread": count}, user=str(pk)) for pk, count in counts.items()))
    except redis.RedisError as error:
        logger.warning("Badges are not updated, Redis does not answer: %s", error)


def _is_stale(news: News, now: datetime) -> bool:
    """Yesterday's news about something that is over: nobody is woken for that, it only stands in the inbox."""
    ends = news.data.get("end")
    over = ends is None or datetime.fromisoformat(str(ends)) < now
    return news.event.occurred_at < now - STALE_AFTER and over


def _filed(row: Notification, at: datetime) -> Notification:
    """A message of the inbox as if it had been told, and read, when it happened."""
    row.created_at = row.due_at = row.sent_at = row.delivered_at = row.read_at = at
    return row


@dataclass(frozen=True, slots=True)
class _Reached:
    """A person, and the channels that are on for them and lead somewhere."""

    user: User
    wishes: Wishes
    channels: list[str]


def _reach(kind: Kind, people: list[User]) -> Iterator[_Reached]:
    ids = [user.pk for user in people]
    switched, wishes = switches_of(ids, [kind.name]), wishes_of(people)
    with_device = set(Device.objects.filter(user__in=ids).values_list("user_id", flat=True))
    for user in people:
        leads = {
            Channel.INBOX: True,
            Channel.EMAIL: bool(user.email),
            Channel.SMS: bool(user.phone) and is_set_up(Channel.SMS),
            Channel.PUSH: user.pk in with_device and is_set_up(Channel.PUSH),
        }
        on = [
            channel.value
            for channel, there in leads.items()
            if there and is_enabled(kind, channel, switched.get((user.pk, kind.name, channel.value)))
        ]
        yield _Reached(user, wishes[user.pk], on)


def _rows(news: News, kind: Kind, person: _Reached, now: datetime) -> Iterator[Notification]:
    user = person.user
    data = json.loads(dumps(news.data | news.personal.get(user.pk, {})))
    language = known_language(user.locale)
    words = word(kind.name, language, data, name=user.get_short_name(), zone=user.time_zone)
    for channel in person.channels:
        timing = _timing(kind, channel, person.wishes, ZoneInfo(user.time_zone), now)
        yield Notification(
            event_id=news.event.pk,
            kind=kind.name,
            channel=channel,
            recipient=user,
            language=language,
            data=data,
            title=words.title[:LONGEST_TITLE],
            text=words.short,
            path=news.path,
            priority=_priority(news, kind, digest=timing.get("digest", False)),
            created_at=now,
            **timing,
        )


def _priority(news: News, kind: Kind, *, digest: bool) -> Notification.Priority:
    """What goes into somebody's digest is for that person alone, whoever else gets the same."""
    if kind.urgent:
        return Priority.URGENT
    return Priority.BULK if news.bulk and not digest else Priority.NORMAL


def _timing(kind: Kind, channel: str, wishes: Wishes, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """When the message goes: at once, after the quiet hours, with the day's digest, or not at all."""
    if channel == Channel.INBOX:
        return {"state": State.DELIVERED, "due_at": now, "sent_at": now, "delivered_at": now}
    expires = now + timedelta(hours=kind.hours_of_use) if kind.hours_of_use else None
    now += timedelta(minutes=kind.gathers_minutes)
    timing: dict[str, Any] = {"due_at": now, "expires_at": expires}
    if kind.urgent:
        return timing
    if channel == Channel.EMAIL:
        if wishes.digest and channel not in kind.always:
            timing |= {"due_at": next_digest(now, zone), "digest": True}
    else:
        timing["due_at"] = after_quiet(now, zone, wishes.quiet_from, wishes.quiet_until)
    if expires and timing["due_at"] > expires:
        timing |= {"state": State.SKIPPED, "error": "It would have come too late."}
    return timing
