"""A receiver of webhooks: takes everything, keeps one of two with the same id, as receivers should."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from notifications.sandbox.store import Json, Store


def receive(store: Store, name: str, body: bytes, headers: dict[str, str]) -> int:
    """The status for one webhook: 200, 400 for what is no signed CloudEvent, or that of an armed fault."""
    fault = store.take_fault("hook", name)
    if fault:
        return int(fault["status"])
    event = _event(body)
    message_id = headers.get("webhook-id", "")
    if not message_id or not headers.get("webhook-signature", "").startswith("v1,") or "type" not in event:
        return 400
    hook = {
        "id": message_id,
        "name": name,
        "type": event["type"],
        "subject": event.get("subject", ""),
        "body": json.dumps(event, indent=2, ensure_ascii=False),
        "signatures": len(headers["webhook-signature"].split()),
        "received_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    store.save("hook", f"{name} {message_id}", hook)
    return 200


def _event(body: bytes) -> Json:
    try:
        event = json.loads(body)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}
