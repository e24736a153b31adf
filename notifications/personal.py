"""What people were told: in the export of their data, gone with their account, and forgotten after a year."""

from datetime import datetime, timedelta
from typing import Any, Final

from accounts.exporting import export_rows
from accounts.models import User
from notifications.models import (
    Block,
    Device,
    KnownBrowser,
    Notification,
    PhoneNumber,
    Post,
    PostReport,
    Preference,
    ReadMark,
    Watch,
    Wishes,
)
from notifications.selectors.watches import watches_of
from notifications.services.threads.telling import forget_posts

KEPT: Final = timedelta(days=365)


def export_notifications(user: User) -> list[dict[str, Any]]:
    """Every message to a person, the newest first, with where it went and how far it got."""
    fields = ("kind", "channel", "title", "text", "state", "address", "created_at", "sent_at", "read_at")
    return list(Notification.objects.filter(recipient=user).order_by("-created_at", "id").values(*fields))


def export_posts(user: User) -> list[dict[str, Any]]:
    """Everything a person has written to others, the newest first, with where."""
    fields = ("thread__about", "thread__station__name", "thread__booking__reference", "side", "body", "at")
    rows = Post.objects.filter(author=user).order_by("-at", "id").values(*fields)
    return [{name.removeprefix("thread__"): value for name, value in row.items()} for row in rows]


def export_watches(user: User) -> list[dict[str, Any]]:
    """What a person wants to be told of when it is free, the newest first."""
    fields = (
        "place",
        "latitude",
        "longitude",
        "radius_km",
        "connector",
        "earliest",
        "latest",
        "duration_minutes",
    )
    return export_rows(watches_of(user), "station__name", *fields, "paused_at", "expires_at", "created_at")


def forget_person(user: User) -> None:
    """Remove all that we know of how to reach a person who deletes the account; in the deleting transaction.

    A number that has opted out is kept, without whose it was: it may not be written to by the next who has it.
    """
    for model in (Notification, Device, Preference, Wishes, KnownBrowser, Watch):
        model.objects.filter(**{_owner(model): user}).delete()
    PhoneNumber.objects.filter(pk=str(user.phone), opted_out_at=None).delete()
    _forget_written(user)


def forget_old(now: datetime) -> int:
    """Delete messages of more than a year ago; returns how many."""
    deleted, _ = Notification.objects.filter(created_at__lt=now - KEPT).delete()
    return deleted


def _forget_written(user: User) -> None:
    """Posts stay as empty places in their threads, without whose they were; nothing quotes them any more."""
    written = Post.objects.filter(author=user)
    found = list(written.values_list("thread_id", "pk"))
    forget_posts({thread for thread, _ in found}, [post for _, post in found])
    written.filter(emptied="").update(body="", emptied=Post.Emptied.ERASED, author=None)
    written.update(author=None)
    PostReport.objects.filter(reporter=user).update(reporter=None, reason="")
    Block.objects.filter(driver=user).delete()
    ReadMark.objects.filter(user=user).delete()


def _owner(model: type[Any]) -> str:
    return "recipient" if model is Notification else "user"
