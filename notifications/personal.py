"""What people were told, in the export of their data."""

from typing import Any

from accounts.models import User
from notifications.models import Notification


def export_notifications(user: User) -> list[dict[str, Any]]:
    """Every message to a person, the newest first, with where it went and how far it got."""
    fields = ("kind", "channel", "title", "text", "state", "address", "created_at", "sent_at", "read_at")
    return list(Notification.objects.filter(recipient=user).order_by("-created_at", "id").values(*fields))
