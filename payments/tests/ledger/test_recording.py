"""Writing to the books: once by key, balanced by the database, and only inside a transaction."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Operator
from evbooking.core.money import Money
from payments.ledger import Entry, balance, record
from payments.ledger.recording import Account, Kind, Parties
from payments.models import LedgerEntry, LedgerTransaction

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
ONE = Money(Decimal(1), "EUR")


def book(key: str, *entries: Entry) -> LedgerTransaction | None:
    return record(Kind.CAPTURE, key=key, occurred_at=NOW, description="test", entries=entries)


def crooked() -> None:
    with transaction.atomic():
        book("a", Entry(Account.STRIPE_BALANCE, ONE), Entry(Account.DRIVER_RECEIVABLE, ONE))


@pytest.mark.django_db(transaction=True)
def test_what_does_not_sum_to_zero_is_refused_at_commit() -> None:
    with pytest.raises(IntegrityError, match="not balanced"):
        crooked()
    assert LedgerTransaction.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_currencies_are_balanced_each_for_itself() -> None:
    with pytest.raises(IntegrityError, match="not balanced"), transaction.atomic():
        yen = Money(Decimal(1), "JPY")
        book("a", Entry(Account.STRIPE_BALANCE, ONE), Entry(Account.DRIVER_RECEIVABLE, -yen))
    assert LedgerEntry.objects.count() == 0


@pytest.mark.django_db
def test_without_the_guard_of_the_database_a_crooked_movement_goes_in() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE payments_ledgerentry DISABLE TRIGGER ledger_balanced")
    crooked()
    connection.check_constraints()
    assert balance(Account.STRIPE_BALANCE, "EUR") == ONE
    assert balance(Account.DRIVER_RECEIVABLE, "EUR") == ONE


@pytest.mark.django_db
def test_what_was_booked_is_neither_changed_nor_deleted() -> None:
    book("a", Entry(Account.STRIPE_BALANCE, ONE), Entry(Account.DRIVER_RECEIVABLE, -ONE))
    for change in (
        lambda: LedgerEntry.objects.update(amount=2),
        lambda: LedgerEntry.objects.all().delete(),
        lambda: LedgerTransaction.objects.update(description="other"),
    ):
        with pytest.raises(IntegrityError, match="book the opposite"), transaction.atomic():
            change()
    assert balance(Account.STRIPE_BALANCE, "EUR") == ONE


@pytest.mark.django_db
def test_a_key_is_booked_once() -> None:
    sides = (Entry(Account.STRIPE_BALANCE, ONE), Entry(Account.DRIVER_RECEIVABLE, -ONE))
    assert book("a", *sides) is not None
    assert book("a", *sides) is None
    assert balance(Account.STRIPE_BALANCE, "EUR") == ONE


@pytest.mark.django_db
def test_where_nothing_moves_nothing_is_booked() -> None:
    assert book("a", Entry(Account.STRIPE_BALANCE, Money.zero("EUR"))) is None
    assert not LedgerTransaction.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_booked_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        book("a", Entry(Account.STRIPE_BALANCE, ONE), Entry(Account.DRIVER_RECEIVABLE, -ONE))
    assert not LedgerTransaction.objects.exists()


@pytest.mark.django_db
def test_a_balance_is_of_one_currency_operator_and_booking(operator: Operator) -> None:
    parties = Parties(operator_id=operator.pk)
    sides = (Entry(Account.STRIPE_BALANCE, ONE, parties), Entry(Account.DRIVER_RECEIVABLE, -ONE))
    record(
        Kind.CAPTURE, key="a", occurred_at=NOW, description="", entries=sides, booking_reference="TESTAAAA"
    )
    book("b", *sides)
    assert balance(Account.STRIPE_BALANCE, "EUR") == ONE + ONE
    assert balance(Account.STRIPE_BALANCE, "EUR", booking_reference="TESTAAAA") == ONE
    assert balance(Account.STRIPE_BALANCE, "EUR", operator=operator) == ONE + ONE
    assert not balance(Account.DRIVER_RECEIVABLE, "EUR", operator=operator)
    assert not balance(Account.STRIPE_BALANCE, "JPY")
