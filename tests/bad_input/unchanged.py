"""What the database holds, so that a refusal can be shown to have changed nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection

# Kept for refusals too: keys with the answers that are given again, sessions with when they were last seen.
BESIDES = {"core_idempotencykey", "django_session", "usersessions_usersession"}


@contextmanager
def unchanged() -> Iterator[None]:
    """Fails unless every table's rows are the same after as before."""
    before = contents()
    yield
    after = contents()
    changed = [table for table in before if after[table] != before[table]]
    assert not changed, changed


def contents() -> dict[str, str]:
    """A digest of all rows by table: their number would not show a row that was changed."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} - BESIDES
    with connection.cursor() as cursor:
        return {table: _digest(cursor, table) for table in sorted(tables)}


def _digest(cursor: object, table: str) -> str:
    query = f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t"
    cursor.execute(query)  # type: ignore[attr-defined]
    (digest,) = cursor.fetchone()  # type: ignore[attr-defined]
    return str(digest)
