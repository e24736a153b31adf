"""What people were told: in the export of their data, gone with their account, and forgotten after a year."""

from datetime import datetime, timedelta
from typing import Any, Final

from accounts.models import User
from notifications.models import Device, KnownBrowser, Notification, PhoneNumber, Preference, Wishes

KEPT: Final = timedelta(days=365)


def export_notifications(user: User) -> list[dict[str, Any]]:
    """Every message to a person, the newest first, with where it went and how far it got."""
    fields = ("kind", "channel", "title", "text", "state", "address", "created_at", "sent_at", "read_at")
    return list(Notification.objects.filter(recipient=user).order_by("-created_at", "id").values(*fields))


def forget_person(user: User) -> None:
    """Remove all that we know of how to reach a person who deletes the account; in the deleting transaction.

    A number that has opted out is kept, without whose it was: it may not be written to by the next who has it.
    """
    for model in (Notification, Device, Preference, Wishes, KnownBrowser):
        model.objects.filter(**{_owner(model): user}).delete()
    PhoneNumber.objects.filter(pk=str(user.phone), opted_out_at=None).delete()


def forget_old(now: datetime) -> int:
    """Delete messages of more than a year ago; returns how many."""
    deleted, _ = Notification.objects.filter(created_at__lt=now - KEPT).delete()
    return deleted


def _owner(model: type[Any]) -> str:
    return "recipient" if model is Notification else "user"
