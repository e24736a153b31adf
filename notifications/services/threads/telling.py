"""Telling of posts: several in a row are one message, and what was emptied is quoted nowhere any more."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from accounts.models import User
from evbooking.core.models import DomainEvent
from notifications.kinds import KINDS
from notifications.models import Channel, Notification, Post, ReadMark
from notifications.services.telling import LONGEST_TITLE, News, show_unread, tell
from notifications.wording import word

State = Notification.State
_STILL_OPEN: Final = {State.QUEUED, State.SKIPPED}


def tell_of_post(
    post: Post,
    event: DomainEvent,
    *,
    kind: str,
    recipients: Iterable[User],
    facts: dict[str, Any],
    path: str,
    now: datetime,
) -> int:
    """Tell these people of a post; returns how many got a message of its own for it.

    Whoever has read it already is told nothing. Where the last message about the thread is unread and still gathers
    (`Kind.gathers_minutes`), the post is added to that one. Needs the transaction in which the event is delivered.
    """
    unaware = _unaware(post, recipients)
    gathering = _gathering(post, kind, unaware, now)
    for rows in gathering.values():
        _add(rows, post, facts)
    rest = [user for user in unaware if user.pk not in gathering]
    data = {**facts, "thread": post.thread_id, "number": post.number, "posts": [_quote(post)]}
    tell(News(event, kind, data, path), rest, now=now)
    return len(rest)


def forget_posts(thread_ids: Iterable[UUID], post_ids: Iterable[UUID]) -> None:
    """Take these posts out of every message that quotes them; a message that told of nothing else goes."""
    gone, affected = {str(pk) for pk in post_ids}, set()
    events = Post.objects.filter(thread__in=list(thread_ids)).values("event_id")
    told = Notification.objects.filter(event_id__in=events).select_related("recipient")
    for row in told.select_for_update(of=("self",)):
        left = [one for one in row.data.get("posts", []) if one["id"] not in gone]
        if len(left) == len(row.data.get("posts", [])):
            continue
        affected.add(row.recipient_id)
        if left:
            _write(row, {**row.data, "posts": left})
        else:
            row.delete()
    transaction.on_commit(partial(show_unread, affected))


def _unaware(post: Post, recipients: Iterable[User]) -> list[User]:
    people = [user for user in recipients if user.pk != post.author_id]
    marks = ReadMark.objects.filter(thread=post.thread_id, number__gte=post.number, user__in=people)
    aware = set(marks.values_list("user_id", flat=True))
    return [user for user in people if user.pk not in aware]


def _gathering(
    post: Post, kind: str, people: Sequence[User], now: datetime
) -> dict[UUID, list[Notification]]:
    """By person, the rows of their last message about the thread, if it is unread and none of it has gone out."""
    since = now - timedelta(minutes=KINDS[kind].gathers_minutes)
    rows = Notification.objects.filter(
        recipient__in=people, kind=kind, created_at__gt=since, data__thread=str(post.thread_id)
    )
    found: dict[UUID, list[Notification]] = {}
    for row in rows.select_related("recipient").select_for_update(of=("self",)).order_by("event_id"):
        known = found.setdefault(row.recipient_id, [])
        if known and known[0].event_id != row.event_id:
            known.clear()
        known.append(row)
    return {person: known for person, known in found.items() if all(map(_is_open, known))}


def _is_open(row: Notification) -> bool:
    """In the inbox and not read, or not sent yet."""
    return row.read_at is None if row.channel == Channel.INBOX else row.state in _STILL_OPEN


def _add(rows: Iterable[Notification], post: Post, facts: dict[str, Any]) -> None:
    for row in rows:
        posts = [*row.data["posts"], _quote(post)]
        _write(row, {**row.data, "writer": facts["writer"], "number": post.number, "posts": posts})


def _write(row: Notification, data: dict[str, Any]) -> None:
    """The message with other facts, and the words they make."""
    recipient = row.recipient
    words = word(row.kind, row.language, data, name=recipient.get_short_name(), zone=recipient.time_zone)
    row.data, row.title, row.text = data, words.title[:LONGEST_TITLE], words.short
    row.save(update_fields=["data", "title", "text"])


def _quote(post: Post) -> dict[str, str]:
    return {"id": str(post.pk), "text": post.body}
