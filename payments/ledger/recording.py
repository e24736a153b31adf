"""Writing a movement of money into the books, once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import connection

from bookings.models import Booking
from evbooking.core.money import Money
from payments.models import LedgerEntry, LedgerTransaction, Payment

Kind = LedgerTransaction.Kind
Account = LedgerEntry.Account


@dataclass(frozen=True, slots=True)
class Parties:
    """Whom an entry concerns, as far as it concerns anybody."""

    operator_id: UUID | None = None
    driver_id: UUID | None = None
    station_id: UUID | None = None

    @classmethod
    def of(cls, payment: Payment) -> Self:
        booking = payment.account.booking
        return cls(payment.account.operator_id, payment.driver_id, booking.station_id)


@dataclass(frozen=True, slots=True)
class Entry:
    """One side of a movement: `money` is positive for a debit, negative for a credit."""

    account: LedgerEntry.Account
    money: Money
    parties: Parties = Parties()

    def __neg__(self) -> Entry:
        return replace(self, money=-self.money)


def record(
    kind: LedgerTransaction.Kind,
    *,
    key: str,
    occurred_at: datetime,
    description: str,
    entries: Iterable[Entry],
    booking_reference: str = "",
) -> LedgerTransaction | None:
    """Book a movement in the caller's transaction. None when `key` is booked already, or nothing moves.

    Entries of zero are left out. The database refuses entries that do not sum to zero in each currency, when the
    caller's transaction commits (trigger ledger_balanced, IntegrityError). Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A movement is booked in the transaction that writes its fact.")
    moved = [entry for entry in entries if entry.money]
    if not moved:
        return None
    values = {
        "kind": kind,
        "occurred_at": occurred_at,
        "description": description,
        "booking_reference": booking_reference,
    }
    booked, is_new = LedgerTransaction.objects.get_or_create(key=key, defaults=values)
    if not is_new:
        return None
    LedgerEntry.objects.bulk_create(_row(booked, entry) for entry in moved)
    return booked


def entries_of(key: str) -> list[Entry]:
    """What was booked under a key; empty where nothing was."""
    rows = LedgerEntry.objects.filter(transaction__key=key).order_by("pk")
    return [
        Entry(
            Account(row.account),
            Money(row.amount, row.currency),
            Parties(row.operator_id, row.driver_id, row.station_id),
        )
        for row in rows
    ]


def transfer_of(money: Money, *, debit: Account, credit: Account, parties: Parties) -> list[Entry]:
    """The two entries of money that goes to `debit` and comes from `credit`."""
    return [Entry(debit, money, parties), Entry(credit, -money, parties)]


def reference_of(booking: Booking) -> str:
    return booking.reference or ""


def _row(booked: LedgerTransaction, entry: Entry) -> LedgerEntry:
    parties = entry.parties
    return LedgerEntry(
        transaction=booked,
        account=entry.account,
        amount=entry.money.amount,
        currency=entry.money.currency,
        operator_id=parties.operator_id,
        driver_id=parties.driver_id,
        station_id=parties.station_id,
    )
