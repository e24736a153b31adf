"""Reading: the inbox, what somebody is told by which channel, and what the administrator looks at."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from notifications.kinds import Kind
from notifications.models import Channel, Notification, PhoneNumber, Preference, Wishes


def inbox_of(user: User) -> QuerySet[Notification]:
    """What the person finds in the inbox, the newest first."""
    return Notification.objects.filter(recipient=user, channel=Channel.INBOX).order_by("-created_at", "id")


def unread_count(user: User) -> int:
    return Notification.objects.filter(recipient=user, channel=Channel.INBOX, read_at=None).count()


def unread_counts(user_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Unread messages by person; 0 for those who have none."""
    wanted = list(user_ids)
    rows = (
        Notification.objects.filter(recipient__in=wanted, channel=Channel.INBOX, read_at=None)
        .order_by()
        .values_list("recipient")
        .annotate(Count("id"))
    )
    return dict.fromkeys(wanted, 0) | dict(rows)


def deliveries_of(messages: Iterable[Notification]) -> dict[int, list[Notification]]:
    """By event, the same messages by all their channels: how the person was told besides the inbox."""
    rows = list(messages)
    found = Notification.objects.filter(
        event_id__in=[row.event_id for row in rows], recipient__in={row.recipient_id for row in rows}
    ).exclude(channel=Channel.INBOX)
    told: dict[int, list[Notification]] = {}
    for one in found.order_by("channel"):
        told.setdefault(one.event_id, []).append(one)
    return told


def wishes_of(users: Iterable[User]) -> dict[UUID, Wishes]:
    """Everybody's wishes, the defaults for who never changed any."""
    people = list(users)
    found = {wishes.user_id: wishes for wishes in Wishes.objects.filter(user__in=people)}
    return {user.pk: found.get(user.pk) or Wishes(user=user) for user in people}


def switches_of(user_ids: Iterable[UUID], kinds: Iterable[str]) -> dict[tuple[UUID, str, str], bool]:
    """What people have switched on or off, by (person, kind, channel)."""
    rows = Preference.objects.filter(user__in=list(user_ids), kind__in=list(kinds))
    return {(row.user_id, row.kind, row.channel): row.enabled for row in rows}


def is_enabled(kind: Kind, channel: str, switched: bool | None) -> bool:
    """Whether a kind goes by a channel, given what the person has switched (None: nothing)."""
    if channel in kind.always:
        return True
    return channel in kind.channels if switched is None else switched


def enabled_table(user: User, kinds: Iterable[Kind]) -> list[tuple[Kind, dict[str, bool]]]:
    """Every kind with what is on by channel, as the person's own page and the API show it."""
    rows = list(kinds)
    switched = switches_of([user.pk], [kind.name for kind in rows])
    return [
        (
            kind,
            {
                channel: is_enabled(kind, channel, switched.get((user.pk, kind.name, channel)))
                for channel in Channel.values
            },
        )
        for kind in rows
    ]


def phone_of(user: User) -> PhoneNumber | None:
    """What is known about the person's number; None where they have none or nothing is."""
    return PhoneNumber.objects.filter(pk=str(user.phone)).first() if user.phone else None


def find_messages(*, words: str = "", state: str = "", channel: str = "") -> QuerySet[Notification]:
    """Messages for support, the newest first: by the recipient's address or name, a reference, a provider's id."""
    found = Notification.objects.select_related("recipient").order_by("-created_at", "id")
    exact: dict[str, Any] = {name: value for name, value in (("state", state), ("channel", channel)) if value}
    if words:
        found = found.filter(
            Q(recipient__email__icontains=words)
            | Q(recipient__name__icontains=words)
            | Q(data__reference=words.upper())
            | Q(provider_id=words)
        )
    return found.filter(**exact)


def failed_lately() -> int:
    """Messages that failed within the last hour."""
    since = timezone.now() - timedelta(hours=1)
    return Notification.objects.filter(state=Notification.State.FAILED, failed_at__gte=since).count()
