"""Giving somebody a private feed, giving it a new address, and taking it back."""

import secrets
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from accounts.models import User
from accounts.selectors import operator_ids
from bookings.models import CalendarFeed
from bookings.selectors.calendars import token_hash
from evbooking.core import audit
from evbooking.core.errors import NotFound
from stations.models import Station

_TOKEN_BYTES: Final = 24


def renew_feed(user: User, *, station: Station | None = None, now: datetime) -> tuple[CalendarFeed, str]:
    """Make the person's feed, or give it a new address; the old one leads nowhere from now on. Returns the token, too.

    Raises NotFound for a station whose staff the person is not.
    """
    if station is not None and not operator_ids(user).filter(operator=station.operator_id).exists():
        raise NotFound
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with transaction.atomic():
        feed, _ = CalendarFeed.objects.update_or_create(
            user=user, station=station, defaults={"token_hash": token_hash(token), "created_at": now}
        )
        audit.record("calendar.renew", target=feed, actor=user, before=None, after=_whose(feed))
    return feed, token


def revoke_feed(feed: CalendarFeed, *, actor: User) -> None:
    """Take the feed back: its address leads nowhere."""
    with transaction.atomic():
        audit.record("calendar.revoke", target=feed, actor=actor, before=_whose(feed), after=None)
        feed.delete()


def _whose(feed: CalendarFeed) -> dict[str, Any]:
    return {"station": str(feed.station_id) if feed.station_id else None}
