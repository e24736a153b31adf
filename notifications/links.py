"""Links that act without signing in: each carries a signature that says for whom and about what."""

from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

_SALT = "notifications.unsubscribe"
_WATCH_SALT: Final = "notifications.watch"
_THREAD_SALT: Final = "notifications.thread"
THREAD_LINK_LIFE: Final = timedelta(days=14)


class ThreadLink(NamedTuple):
    """What a link to a thread permits, as long as this person has a seat there."""

    user_id: UUID
    thread_id: UUID
    expired: bool


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


def unwatch_url(watch_id: UUID) -> str:
    """Where a watch is ended by whoever has its mail, without signing in."""
    path = reverse("notifications:watch-end", args=[signing.dumps(str(watch_id), salt=_WATCH_SALT)])
    return f"{settings.PUBLIC_URL}{path}"


def read_watch(token: str) -> UUID | None:
    """The watch of a token of ours, else None."""
    try:
        return UUID(signing.loads(token, salt=_WATCH_SALT))
    except signing.BadSignature:
        return None


def stop_url(code: str) -> str:
    """Where the owner of a number stops text messages: short, because each character of them costs."""
    path = reverse("notifications:stop", args=[code])
    return f"{settings.PUBLIC_URL}{path}"


def thread_url(user_id: UUID, thread_id: UUID) -> str:
    """Where this person, and whoever has the link, reads and answers a thread, for THREAD_LINK_LIFE."""
    token = signing.TimestampSigner(salt=_THREAD_SALT).sign(f"{user_id.hex}{thread_id.hex}")
    return f"{settings.PUBLIC_URL}{reverse('threads:by-link', args=[token])}"


def read_thread(token: str) -> ThreadLink | None:
    """Whom and which thread a token of ours is about, and whether it can still be used; else None."""
    signer = signing.TimestampSigner(salt=_THREAD_SALT)
    try:
        both = signer.unsign(token)
    except signing.BadSignature:
        return None
    try:
        signer.unsign(token, max_age=THREAD_LINK_LIFE)
    except signing.SignatureExpired:
        return ThreadLink(UUID(both[:32]), UUID(both[32:]), expired=True)
    return ThreadLink(UUID(both[:32]), UUID(both[32:]), expired=False)
