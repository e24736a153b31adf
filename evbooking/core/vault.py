"""What has to be read again, but not by whoever reads the database: sealed by AES-GCM under keys made of SECRET_KEY.

A key is made for one purpose and one name, so that what is sealed for one is opened for no other. Sealed is always
with SECRET_KEY; opened with it, and with SECRET_KEY_FALLBACKS after a change of it.
"""

import hmac
import os
from collections.abc import Iterable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE_BYTES: Final = 12


class Unreadable(Exception):
    """None of the keys opens it: it was sealed under a SECRET_KEY that is gone, is of another row, or was changed."""


def keys_of(purpose: str, name: bytes) -> list[bytes]:
    """The keys (32 bytes each) of one name under one purpose: that which seals first, then those that still open."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [hmac.digest(f"{purpose}:{secret}".encode(), name, "sha256") for secret in secrets]


def seal(content: bytes, key: bytes, *, about: bytes) -> bytes:
    """A nonce of 12 bytes, then the content sealed and bound to what it is `about`."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, about)


def unseal(sealed: bytes, keys: Iterable[bytes], *, about: bytes) -> bytes:
    """The content, by whichever of the keys opens it. Raises Unreadable."""
    nonce, content = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    for key in keys:
        try:
            return AESGCM(key).decrypt(nonce, content, about)
        except (InvalidTag, ValueError):  # ValueError: too short to be a nonce
            continue
    raise Unreadable
