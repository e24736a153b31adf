"""Advisory locks: named, sorted, only inside a transaction."""

import pytest
from django.db import connection, transaction

from evbooking.core.locks import advisory_xact_lock


def held() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_locks_are_held_until_the_transaction_ends_and_equal_names_are_one() -> None:
    with transaction.atomic():
        advisory_xact_lock("evse:2", "evse:1", "evse:2")
        assert held() == 2
    assert held() == 0


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        advisory_xact_lock("evse:1")
