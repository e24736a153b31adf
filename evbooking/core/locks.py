"""Locks: advisory ones by key, and the one order in which rows are locked everywhere.

Order: payment, booking, then advisory locks of EVSEs in sorted order, then event subjects in sorted order
(taken by `publish`). Whoever takes two locks takes them in this order, so that nobody waits in a circle.
"""

import hashlib

from django.db import connection


def advisory_xact_lock(*keys: str) -> None:
    """Wait for the locks named by `keys` ("evse:<id>"), in sorted order; held until the transaction ends.

    Names become 64-bit numbers by BLAKE2b: two names sharing one would only wait for each other.
    Raises RuntimeError outside a transaction, where the lock would be gone at once.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An advisory lock is taken in the transaction it guards.")
    numbers = sorted({_number(key) for key in keys})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [numbers])


def _number(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)
