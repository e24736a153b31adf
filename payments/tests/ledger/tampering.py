"""Changing rows behind the back of every guard."""

from collections.abc import Callable

from django.db import connection

Tamper = Callable[[str], None]


def tamper_by_sql(statement: str) -> None:
    """Run a statement with all triggers off."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET session_replication_role = origin")
