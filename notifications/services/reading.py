"""Reading the inbox."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from accounts.models import User
from notifications.selectors import inbox_of, unread_count
from notifications.services.telling import show_unread


def mark_read(user: User, *, ids: Collection[UUID] | None = None, now: datetime) -> int:
    """Mark these messages of the person's inbox as read, or all of it; returns how many stay unread."""
    unread = inbox_of(user).filter(read_at=None)
    if ids is not None:
        unread = unread.filter(pk__in=ids)
    if unread.update(read_at=now):
        show_unread([user.pk])
    return unread_count(user)
