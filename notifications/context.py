"""The badge in the head of every page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from notifications.selectors import unread_count


def inbox(request: HttpRequest) -> dict[str, Any]:
    """`unread`: how many messages the person has not read, asked for once and only by a page that shows it;
    `has_sandbox`: whether there is an outbox of the demo to look at."""
    shown: dict[str, Any] = {"has_sandbox": bool(settings.MESSAGE_SANDBOX_URL)}
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        shown["unread"] = SimpleLazyObject(lambda: unread_count(user))
    return shown
