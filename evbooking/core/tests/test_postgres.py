"""Kept connections: one that stands is not asked, one that the server closed is found out and replaced."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other() -> Iterator[psycopg.Connection[Any]]:
    """A connection beside Django's, to look at it from the server's side."""
    parameters = {**connection.get_connection_params(), "autocommit": True}
    for own in ("context", "cursor_factory"):
        parameters.pop(own, None)
    with psycopg.connect(**parameters) as made:
        yield made


def own_pid() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_a_connection_that_stands_is_not_asked(other: psycopg.Connection[Any]) -> None:
    pid = own_pid()
    assert connection.is_usable()
    last = other.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone()
    assert last == ("SELECT pg_backend_pid()",)


def test_a_connection_that_the_server_closed_is_replaced(other: psycopg.Connection[Any]) -> None:
    pid = own_pid()
    assert other.execute("SELECT pg_terminate_backend(%s, 10000)", [pid]).fetchone() == (True,)
    assert not connection.is_usable()
    connection.close_if_unusable_or_obsolete()
    assert own_pid() != pid


def test_a_connection_that_was_told_something_is_asked_and_kept(other: psycopg.Connection[Any]) -> None:
    pid = own_pid()
    with connection.cursor() as cursor:
        cursor.execute("LISTEN evb_test_notice")
    other.execute("NOTIFY evb_test_notice")
    assert connection.is_usable()
    assert own_pid() == pid


def test_a_connection_with_a_failed_transaction_is_not_usable() -> None:
    with pytest.raises(psycopg.errors.DivisionByZero), transaction.atomic():
        connection.connection.execute("SELECT 1 / 0")
    assert connection.is_usable()
    connection.connection.autocommit = False
    with pytest.raises(psycopg.errors.DivisionByZero):
        connection.connection.execute("SELECT 1 / 0")
    assert not connection.is_usable()
    connection.close()
