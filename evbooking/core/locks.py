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
    _demand_transaction()
    numbers = sorted({_number(key) for key in keys})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [numbers])


def try_advisory_xact_lock(key: str) -> bool:
    """Take the lock if nobody has it, and say whether that was so. Raises as `advisory_xact_lock`."""
    _demand_transaction()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_number(key)])
        return bool(cursor.fetchone()[0])


def _demand_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("An advisory lock is taken in the transaction it guards.")


def _number(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)
