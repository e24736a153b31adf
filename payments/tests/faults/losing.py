"""A database connection that the server ends: before any statement and before any commit of an act."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any
from unittest import mock

from django.db import DatabaseError, close_old_connections, connection


def cut_everywhere(act: Callable[[], object]) -> int:
    """Do it again and again, losing the connection one statement later each time, until none is left to lose it at.

    What one run has committed the next one finds. Returns how often the connection was lost.
    """
    for after in count():
        with losing_the_database(after) as was_lost, suppress(DatabaseError):
            act()
        if not was_lost():
            return after
        close_old_connections()  # as before each request and each task
    raise AssertionError


@contextmanager
def losing_the_database(after: int) -> Iterator[Callable[[], bool]]:
    """The server ends our connection when `after` statements and commits have been done; gives whether it did."""
    left = after

    def chance() -> None:
        nonlocal left
        left -= 1
        if left == -1:
            _terminate()

    def execute(run: Callable[..., Any], *statement: Any) -> Any:
        chance()
        return run(*statement)

    commit = connection._commit  # type: ignore[attr-defined]

    def commit_or_lose() -> Any:
        chance()
        return commit()

    with connection.execute_wrapper(execute), mock.patch.object(connection, "_commit", commit_or_lose):
        yield lambda: left < 0


def _terminate() -> None:
    """What an administrator, a failover or a restart of PostgreSQL does to a connection."""
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
        assert cursor.fetchone() == (True,)
    other.close()
