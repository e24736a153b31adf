"""Noticing a sign-in from a browser that the person has not used before."""

import hashlib
import re
from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.models import User
from evbooking.core import events
from notifications.models import KnownBrowser

_VERSION: Final = re.compile(r"[\d.]+")
_NAMES: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


@transaction.atomic
def note_sign_in(user: User, *, user_agent: str, now: datetime) -> bool:
    """Remember the browser; publish `sign_in.new_device` if it is new and not the person's first. Whether it did."""
    fingerprint = hashlib.sha256(_VERSION.sub("", user_agent).encode()).hexdigest()
    known = set(KnownBrowser.objects.filter(user=user).values_list("fingerprint", flat=True))
    _, created = KnownBrowser.objects.update_or_create(user=user, fingerprint=fingerprint)
    if not created or not known:
        return False
    data = {"user_id": user.pk, "browser": browser_name(user_agent)}
    events.publish("sign_in.new_device", subject=f"user:{user.pk}", data=data, actor=user, now=now)
    return True


def browser_name(user_agent: str) -> str:
    """Firefox on Windows; what can be told of a user agent, which anybody can invent."""
    name = next((shown for part, shown in _NAMES if part in user_agent), "An app")
    system = next((shown for part, shown in _SYSTEMS if part in user_agent), "")
    return f"{name} on {system}" if system else name
