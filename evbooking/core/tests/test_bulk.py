"""Many facts written at once are what single ones would be."""

from datetime import UTC, datetime

import pytest

from accounts.models import User
from evbooking.core.bulk import Fact, record_and_publish
from evbooking.core.events import publish
from evbooking.core.models import AuditEntry, DomainEvent, EventSubject
from evbooking.core.seals import first_broken, seal_entries

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def fact(subject: str, user: User, number: int, type_: str = "station.changed") -> Fact:
    return Fact(
        action="station.update",
        target=user,
        before=None,
        after={"n": number},
        type_=type_,
        subject=subject,
        data={"n": number},
    )


def test_sequences_go_on_where_single_events_left_them(driver: User) -> None:
    publish("station.changed", subject="station:b", data={}, now=NOW)
    facts = [fact("station:b", driver, 1), fact("station:a", driver, 2), fact("station:b", driver, 3)]
    record_and_publish(facts, actor=driver, now=NOW)
    rows = DomainEvent.objects.order_by("id").values_list("subject", "sequence", "data")
    assert list(rows)[1:] == [
        ("station:b", 2, {"n": 1, "actor": str(driver.pk)}),
        ("station:a", 1, {"n": 2, "actor": str(driver.pk)}),
        ("station:b", 3, {"n": 3, "actor": str(driver.pk)}),
    ]
    publish("station.changed", subject="station:b", data={}, now=NOW)
    assert EventSubject.objects.get(subject="station:b").last == 4


def test_entries_name_actor_target_and_values_and_can_be_sealed(driver: User) -> None:
    record_and_publish([fact("station:a", driver, 7)], actor=None, now=NOW)
    entry = AuditEntry.objects.get()
    assert (entry.actor_id, entry.action, entry.target_type, entry.target_id) == (
        None,
        "station.update",
        "accounts.user",
        str(driver.pk),
    )
    assert (entry.before, entry.after, entry.reason) == (None, {"n": 7}, "")
    seal_entries()
    assert first_broken() is None


def test_an_unknown_type_is_refused_and_nothing_is_written(driver: User) -> None:
    with pytest.raises(ValueError, match=r"station\.painted"):
        record_and_publish([fact("station:a", driver, 1, "station.painted")], actor=None, now=NOW)
    assert (AuditEntry.objects.count(), DomainEvent.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_written(driver: User) -> None:
    with pytest.raises(RuntimeError):
        record_and_publish([fact("station:a", driver, 1)], actor=None, now=NOW)
    assert (AuditEntry.objects.count(), DomainEvent.objects.count()) == (0, 0)
