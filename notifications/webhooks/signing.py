"""Secrets and signatures as Standard Webhooks 1.0 has them (standard-webhooks/standard-webhooks, spec).

The secret is 32 random bytes, written `whsec_<base64>`. Signed is `id.timestamp.body` by HMAC-SHA256; the header
names each signature with its version, and holds two while a secret is being changed.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Final

PREFIX: Final = "whsec_"
_BYTES: Final = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def signed_headers(
    message_id: str, *, timestamp: int, body: bytes, with_secrets: Iterable[str]
) -> dict[str, str]:
    """The three headers of a message; `timestamp` in seconds since 1970, when it is sent."""
    signatures = [signature(message_id, timestamp, body, secret) for secret in with_secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def signature(message_id: str, timestamp: int, body: bytes, secret: str) -> str:
    """`v1,<base64>` of one message with one secret."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
