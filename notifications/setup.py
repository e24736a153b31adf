"""Which channels this installation has: a provider without its keys sends nothing, so nothing is queued for it."""

import base64
from functools import lru_cache

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid

from notifications.models import Channel


def is_set_up(channel: str) -> bool:
    if channel == Channel.SMS:
        return bool(settings.TWILIO_ACCOUNT_SID)
    if channel == Channel.PUSH:
        return bool(settings.VAPID_PRIVATE_KEY)
    return True


def vapid_public_key() -> str:
    """What a browser needs to subscribe (RFC 8292): base64url of the point; "" where push is not set up."""
    return _public_key(settings.VAPID_PRIVATE_KEY) if settings.VAPID_PRIVATE_KEY else ""


@lru_cache(maxsize=2)
def _public_key(private_key: str) -> str:
    point = Vapid.from_string(private_key).public_key.public_bytes(
        Encoding.X962, PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()
