"""Links that act without signing in: each carries a signature that says for whom and about what."""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

_SALT = "notifications.unsubscribe"


def unsubscribe_url(user_id: UUID, kind: str) -> str:
    """Where this person stops mails of a kind; with "" all that can be stopped. Valid for as long as mails are kept."""
    token = signing.dumps([str(user_id), kind], salt=_SALT)
    path = reverse("notifications:unsubscribe", args=[token])
    return f"{settings.PUBLIC_URL}{path}"


def read_unsubscribe(token: str) -> tuple[UUID, str] | None:
    """Person and kind of a token of ours, else None."""
    try:
        user_id, kind = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return UUID(user_id), str(kind)


def stop_url(code: str) -> str:
    """Where the owner of a number stops text messages: short, because each character of them costs."""
    path = reverse("notifications:stop", args=[code])
    return f"{settings.PUBLIC_URL}{path}"
