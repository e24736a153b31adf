"""Quiet hours at the moment of sending: what was due in the evening and is late finds its recipient asleep."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from notifications.models import Channel, Notification
from notifications.quiet import after_quiet
from notifications.selectors import wishes_of

_WAKES: Final = frozenset({Channel.SMS, Channel.PUSH})


def asleep_until(batch: Sequence[Notification], now: datetime) -> dict[UUID, datetime]:
    """The messages of a batch that would disturb somebody's quiet hours now, and when these are over."""
    waits = [one for one in batch if one.channel in _WAKES and one.priority != Notification.Priority.URGENT]
    wishes = wishes_of([one.recipient for one in waits]) if waits else {}
    found = {}
    for one in waits:
        wish, zone = wishes[one.recipient_id], ZoneInfo(one.recipient.time_zone)
        morning = after_quiet(now, zone, wish.quiet_from, wish.quiet_until)
        if morning > now:
            found[one.pk] = morning
    return found
