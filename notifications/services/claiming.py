"""Claims: a message is in one sender's hands at a time, and what goes out together is claimed together.

A claim is committed before the provider is called. A sender that dies leaves its claims behind, which run out after
LEASE; one that is slow gives back what it has not begun before that (HELD_FOR).
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from evbooking.core.locks import advisory_xact_lock
from notifications.models import Channel, Notification

State, Priority = Notification.State, Notification.Priority

LEASE: Final = timedelta(minutes=5)
HELD_FOR: Final = LEASE / 2  # after which nothing of a batch is begun

_TAKE: Final = """
    UPDATE notifications_notification SET state = 'SENDING', claimed_at = %(now)s, attempts = attempts + 1
    WHERE id IN (
        SELECT id FROM notifications_notification
        WHERE state = 'QUEUED' AND channel = %(channel)s AND due_at <= %(now)s
          AND priority BETWEEN %(first)s AND %(last)s
        ORDER BY priority, due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING id, recipient_id, digest
"""
_TAKE_REST: Final = """
    UPDATE notifications_notification SET state = 'SENDING', claimed_at = %(now)s, attempts = attempts + 1
    WHERE state = 'QUEUED' AND channel = %(channel)s AND due_at <= %(now)s AND digest
      AND recipient_id = ANY (%(people)s)
    RETURNING id
"""


def claim(channel: str, now: datetime, limit: int, *, bulk: bool) -> list[Notification]:
    """Take `limit` of what is due, the urgent first, and all the rest of the digests that these are part of."""
    first = Priority.BULK if bulk else Priority.URGENT
    which = {"first": first, "last": Priority.BULK if bulk else Priority.BULK - 1}
    with transaction.atomic(), connection.cursor() as cursor:
        if channel == Channel.EMAIL and not bulk:
            advisory_xact_lock("messages.digests")  # two who claim at once would tear a digest
        cursor.execute(_TAKE, {"channel": channel, "now": now, "limit": limit, **which})
        taken = cursor.fetchall()
        ids, people = [row[0] for row in taken], {row[1] for row in taken if row[2]}
        if people:
            cursor.execute(_TAKE_REST, {"channel": channel, "now": now, "people": list(people)})
            ids += [id_ for (id_,) in cursor.fetchall()]
    claimed = Notification.objects.filter(pk__in=ids).select_related("recipient")
    return list(claimed.order_by("priority", "due_at", "created_at", "id"))


def settle(message: Notification, **fields: object) -> bool:
    """Write the outcome, unless the claim has passed to somebody else, or a callback knew more, meanwhile."""
    mine = Notification.objects.filter(pk=message.pk, state=State.SENDING, claimed_at=message.claimed_at)
    return bool(mine.update(**fields))


def give_back(message: Notification, **fields: object) -> bool:
    """Queue a message again that nobody tried to send."""
    return settle(message, state=State.QUEUED, attempts=message.attempts - 1, **fields)
