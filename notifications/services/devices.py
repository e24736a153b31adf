"""Browsers that take web push."""

import base64
import binascii
from typing import Final

from django.db import transaction

from accounts.models import User
from evbooking.core.errors import FieldError, Invalid
from notifications.models import Device
from notifications.push_services import may_push_to

MOST_DEVICES: Final = 20
_POINT_BYTES, _SECRET_BYTES = 65, 16  # RFC 8291, 3.1 and 3.2


@transaction.atomic
def add_device(user: User, *, endpoint: str, p256dh: str, auth: str, name: str = "") -> Device:
    """Remember a subscription; one that another account had here goes over to this one. Raises Invalid."""
    errors = []
    if not may_push_to(endpoint):
        errors.append(FieldError("endpoint", "invalid", "This is no address of a push service we know."))
    if _length(p256dh) != _POINT_BYTES:
        errors.append(FieldError("p256dh", "invalid", "Give the browser's public key, base64url."))
    if _length(auth) != _SECRET_BYTES:
        errors.append(FieldError("auth", "invalid", "Give the browser's secret, base64url."))
    if errors:
        raise Invalid(errors)
    values = {"user": user, "p256dh": p256dh, "auth": auth, "name": name}
    device, _ = Device.objects.update_or_create(endpoint=endpoint, defaults=values)
    surplus = Device.objects.filter(user=user).order_by("-created_at").values("pk")[MOST_DEVICES:]
    Device.objects.filter(pk__in=list(surplus.values_list("pk", flat=True))).delete()
    return device


def remove_device(user: User, *, endpoint: str) -> bool:
    """Forget a subscription of this person's; whether there was one."""
    deleted, _ = Device.objects.filter(user=user, endpoint=endpoint).delete()
    return bool(deleted)


def _length(text: str) -> int:
    try:
        return len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        return 0
