"""Idempotency keys (docs.stripe.com/api/idempotent_requests): the first answer is the answer, for 24 hours."""

from __future__ import annotations

import hashlib
import json

from payments.sandbox.box import DAY, Box
from payments.sandbox.errors import ApiError, Json

LIFETIME = DAY
MAX_LENGTH = 255
UNSAVED = frozenset({400, 401, 403, 404, 409, 429})
"""Refusals before anything was executed are not saved: a corrected request may use the key again."""


def fingerprint(method: str, path: str, raw: str) -> str:
    return hashlib.sha256(json.dumps([method, path, raw]).encode()).hexdigest()


def replay(box: Box, account: str, key: str, print_: str) -> tuple[int, Json] | None:
    """The saved answer of this key, or None. Raises idempotency_error for a key of another request."""
    if len(key) > MAX_LENGTH:
        raise ApiError(
            400, "idempotency_error", f"Idempotency keys are at most {MAX_LENGTH} characters long."
        )
    rows = box.store.rows(
        "SELECT fingerprint, status, body FROM keys WHERE account = ? AND key = ? AND created > ?",
        account, key, box.now() - LIFETIME,
    )  # fmt: skip
    if not rows:
        return None
    if rows[0][0] != print_:
        raise ApiError(
            400,
            "idempotency_error",
            "Keys for idempotent requests can only be used with the same parameters they were first used with. "
            f"Try using a key other than '{key}' if you meant to execute a different request.",
        )
    return int(rows[0][1]), dict(json.loads(rows[0][2]))


def remember(box: Box, account: str, key: str, print_: str, status: int, body: Json) -> None:
    if status in UNSAVED:
        return
    box.store.rows(
        "INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?, ?, ?)",
        account, key, print_, status, json.dumps(body), box.now(),
    )  # fmt: skip
