"""The secret of an endpoint as its row keeps it: it signs, so it is read again, but only with SECRET_KEY."""

from typing import Final
from uuid import UUID

from evbooking.core import vault

_PURPOSE: Final = "webhook-secret"


def seal_secret(endpoint_id: UUID, secret: str) -> bytes:
    """The secret for the row of this endpoint, and for no other."""
    [key, *_] = vault.keys_of(_PURPOSE, endpoint_id.bytes)
    return vault.seal(secret.encode(), key, about=endpoint_id.bytes)


def open_secret(endpoint_id: UUID, sealed: bytes | memoryview) -> str:
    """What was sealed for this endpoint, under today's SECRET_KEY or one of SECRET_KEY_FALLBACKS.

    Raises vault.Unreadable.
    """
    keys = vault.keys_of(_PURPOSE, endpoint_id.bytes)
    return vault.unseal(bytes(sealed), keys, about=endpoint_id.bytes).decode()
