"""A push service and its browsers in one: it has the browsers' keys, so it can show what was encrypted for them."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from notifications.sandbox.store import Json, Store

CURVE = ec.SECP256R1()


def make_device(store: Store, identity: str, url: str) -> Json:
    """A browser that has subscribed: what it would give to the site."""
    key = ec.generate_private_key(CURVE)
    secret = base64.urlsafe_b64encode(identity.encode()[:16].ljust(16, b"0")).rstrip(b"=").decode()
    private = f"{key.private_numbers().private_value:064x}"
    store.save("device", identity, {"id": identity, "private": private, "auth": secret})
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {"endpoint": f"{url}/push/{identity}", "p256dh": _text(point), "auth": secret}


def receive(store: Store, identity: str, body: bytes, headers: dict[str, str]) -> int:
    """The status for one push (RFC 8030): 201 taken, 400 not to be read, 403 unsigned, 410 no such browser."""
    fault = store.take_fault("push", identity)
    if fault:
        return int(fault["code"])
    device = store.get("device", identity)
    if device is None:
        return 410
    if not headers.get("authorization", "").startswith("vapid t="):
        return 403
    try:
        shown = json.loads(_decrypt(device, body))
    except (ValueError, http_ece.ECEException):
        return 400
    now = datetime.now(UTC).isoformat(timespec="seconds")
    topic = headers.get("topic", "")
    push = {
        **shown,
        "device": identity,
        "topic": topic,
        "urgency": headers.get("urgency"),
        "received_at": now,
    }
    store.save("push", f"{identity} {topic}", push)  # one of two with the same topic (RFC 8030, 5.4)
    return 201


def _decrypt(device: Json, body: bytes) -> bytes:
    key = ec.derive_private_key(int(device["private"], 16), CURVE)
    secret = base64.urlsafe_b64decode(device["auth"] + "==")
    return bytes(http_ece.decrypt(body, private_key=key, auth_secret=secret, version="aes128gcm"))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
