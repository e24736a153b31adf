"""Idempotency keys: the same request sent twice is done once, and answered alike both times.

A key is claimed before the work, in a statement of its own, and completed after it, so that the work may use
durable transactions. The claim does not wait for the disk (`synchronous_commit` off): the work's own commit
flushes everything before it, so work that survived a crash has a claim that survived too.

A claim whose process died stays behind without an answer. It is `in flight` for LEASE, longer than any
request lives, and then the next request with the same key and body takes it over and does the work.

Answers are kept sealed (AES-GCM): with a secret of ours and the client's key, which is stored nowhere. So whoever
reads the table reads no payment secrets and no personal data in it.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from evbooking.core import vault
from evbooking.core.errors import DomainError
from evbooking.core.models import IdempotencyKey

LEASE = timedelta(minutes=2)
LIFETIME = timedelta(hours=24)
_PURPOSE = "idempotency"
_VALID = re.compile(r"[!-~]{1,255}")

_CLAIM = """
    WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
    INSERT INTO core_idempotencykey AS k (id, user_id, fingerprint, claimed_at)
    SELECT %(id)s, %(user_id)s, %(fingerprint)s, %(now)s FROM quick
    ON CONFLICT (id) DO UPDATE
        SET claimed_at = EXCLUDED.claimed_at, fingerprint = EXCLUDED.fingerprint,
            status = NULL, headers = NULL, body = NULL
        WHERE k.claimed_at < %(forgotten)s
           OR (k.status IS NULL AND k.claimed_at < %(abandoned)s AND k.fingerprint = EXCLUDED.fingerprint)
    RETURNING 1
"""
_COMPLETE = (
    "UPDATE core_idempotencykey SET status = %s, headers = %s, body = %s WHERE id = %s AND claimed_at = %s"
)


class InvalidIdempotencyKey(DomainError):
    code = "invalid_idempotency_key"
    status = 422
    title = "An Idempotency-Key is 1 to 255 visible ASCII characters."


class IdempotencyKeyReused(DomainError):
    code = "idempotency_key_reused"
    title = "This Idempotency-Key was used for another request."


class IdempotencyKeyInFlight(DomainError):
    code = "idempotency_key_in_flight"
    title = "The first request with this Idempotency-Key is still running."


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do the work of one key, since `claimed_at`. With `seal` (32 bytes) its answer is sealed."""

    id: UUID
    claimed_at: datetime
    seal: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as it is kept and replayed."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_kept(self) -> bool:
        """2xx, 404, 409 and 422 are outcomes; 401, 403, 429 and 5xx may be different next time."""
        return 200 <= self.status < 300 or self.status in {404, 409, 422}


def claim(
    key: str, *, user_id: Any, method: str, path: str, fingerprint: bytes, now: datetime
) -> Claim | Answer:
    """Claim `key` for this user, method and path, or find the answer it already has.

    One statement for a new key, two for a replay. Raises InvalidIdempotencyKey, IdempotencyKeyReused (other
    fingerprint) or IdempotencyKeyInFlight.
    """
    if not _VALID.fullmatch(key):
        raise InvalidIdempotencyKey
    name = "\n".join((str(user_id), method, path, key)).encode()
    id_, keys = _row_id(name), vault.keys_of(_PURPOSE, name)
    values = {
        "id": id_,
        "user_id": user_id,
        "fingerprint": fingerprint,
        "now": now,
        "forgotten": now - LIFETIME,
        "abandoned": now - LEASE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        if cursor.fetchone():
            return Claim(id_, now, keys[0])
    return _first_answer(id_, keys, fingerprint)


def settle(claim: Claim, answer: Answer) -> None:
    """Keep the answer under its key, or free the key if such an answer is not kept. A lost claim is left alone."""
    if not answer.is_kept:
        release(claim)
        return
    body = vault.seal(answer.body, claim.seal, about=claim.id.bytes)
    values: list[Any] = [answer.status, Jsonb(answer.headers), body, claim.id, claim.claimed_at]
    with connection.cursor() as cursor:
        cursor.execute(_COMPLETE, values)


def release(claim: Claim) -> None:
    """Give the key back: the work was not done."""
    IdempotencyKey.objects.filter(id=claim.id, claimed_at=claim.claimed_at, status=None).delete()


def forget_expired(now: datetime) -> int:
    """Delete the keys that are older than 24 hours; returns how many."""
    return IdempotencyKey.objects.filter(claimed_at__lt=now - LIFETIME).delete()[0]


def fingerprint(query_string: str, chunks: Iterable[bytes]) -> bytes:
    """SHA-256 of what a request asks for: its query string and its body."""
    digest = hashlib.sha256(query_string.encode() + b"\0")
    for chunk in chunks:
        digest.update(chunk)
    return digest.digest()


def _first_answer(id_: UUID, keys: list[bytes], fingerprint: bytes) -> Answer:
    """As the first request got it. One sealed under a SECRET_KEY that is gone is in flight until it is forgotten."""
    row = IdempotencyKey.objects.filter(id=id_).first()
    if row is None:  # released between the two statements
        raise IdempotencyKeyInFlight
    if bytes(row.fingerprint) != fingerprint:
        raise IdempotencyKeyReused
    if row.status is None:
        raise IdempotencyKeyInFlight
    try:
        body = vault.unseal(bytes(row.body or b""), keys, about=id_.bytes)
    except vault.Unreadable as error:
        raise IdempotencyKeyInFlight from error
    return Answer(row.status, row.headers or {}, body)


def _row_id(name: bytes) -> UUID:
    return UUID(bytes=hashlib.sha256(name).digest()[:16])
