"""How a slot reaches the table: the transaction, the raw INSERT, and what the database's refusals mean."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

from django.db import DatabaseError, connection, transaction

from bookings.errors import SlotTaken
from bookings.models import Booking

_REFERENCE_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no O or I, no 0 or 1
_EXCLUSION_VIOLATION: Final = "23P01"
_DEADLOCK_DETECTED: Final = "40P01"


@contextmanager
def slot_transaction() -> Iterator[None]:
    """One durable transaction; a slot that the database refuses, or a deadlock over one, is SlotTaken."""
    try:
        with transaction.atomic(durable=True):
            yield
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) in {_EXCLUSION_VIOLATION, _DEADLOCK_DETECTED}:
            raise SlotTaken from error
        raise


def insert_if_free(booking: Booking) -> bool:
    """Insert the row unless another booking occupies its slot; gives a booking of its own a reference nobody has.

    ON CONFLICT DO NOTHING, because a bare INSERT against an exclusion constraint deadlocks when many race for
    one slot. It needs `lock_evses` before.
    """
    while True:
        booking.reference = new_reference() if booking.replaces_id is None else None
        if _insert(booking):
            return True
        if booking.reference is None or not Booking.objects.filter(reference=booking.reference).exists():
            return False


def new_reference() -> str:
    """A booking's short human code: 8 characters of A-Z and 2-9 without O and I, 40 bits."""
    return "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(8))


def _insert(booking: Booking) -> bool:
    sql, fields = _statement()
    values = [field.get_db_prep_save(getattr(booking, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone() is not None


@cache
def _statement() -> tuple[str, tuple[Any, ...]]:
    fields = tuple(field for field in Booking._meta.concrete_fields if not field.generated)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table = Booking._meta.db_table
    return (
        f"INSERT INTO {table} ({columns}) VALUES ({places}) ON CONFLICT DO NOTHING RETURNING id",  # noqa: S608
        fields,
    )
