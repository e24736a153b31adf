"""Publishing: the event is written with its fact, numbered per subject."""

import threading
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from accounts.models import User
from evbooking.core.event_types import BadEventData, event_types
from evbooking.core.events import publish, subscribe
from evbooking.core.models import DomainEvent

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)


def publish_held(subject: str) -> DomainEvent:
    with transaction.atomic():
        return publish("booking.held", subject=subject, data={}, now=NOW)


def test_an_event_keeps_type_subject_data_actor_and_time(driver: User) -> None:
    booking = uuid4()
    published = publish(
        "booking.held",
        subject=f"booking:{booking}",
        data={"station": booking, "old": None},
        actor=driver,
        now=NOW,
    )
    stored = DomainEvent.objects.get()
    assert (stored.pk, stored.type, stored.subject, stored.sequence, stored.occurred_at) == (
        published.pk,
        "booking.held",
        f"booking:{booking}",
        1,
        NOW,
    )
    assert stored.data == {"station": str(booking), "old": None, "actor": str(driver.pk)}
    assert stored.dispatched_at is None


@pytest.mark.django_db
def test_instants_of_any_zone_are_kept_in_utc() -> None:
    berlin = NOW.astimezone(ZoneInfo("Europe/Berlin"))
    with transaction.atomic():
        publish("booking.held", subject="booking:1", data={"start": berlin}, now=NOW)
    assert DomainEvent.objects.get().data["start"] == "2026-12-01T08:00:00Z"


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        publish("booking.held", subject="booking:1", data={}, now=NOW)
    assert not DomainEvent.objects.exists()


@pytest.mark.django_db
def test_an_unregistered_type_is_refused() -> None:
    with pytest.raises(ValueError, match=r"booking\.teleported"):
        publish("booking.teleported", subject="booking:1", data={}, now=NOW)
    with pytest.raises(ValueError, match=r"booking\.teleported"):
        subscribe("booking.held", "booking.teleported", handler="test.nobody")
    assert not DomainEvent.objects.exists()


@pytest.mark.django_db
def test_data_that_breaks_its_schema_is_refused_where_events_are_checked(settings: Any) -> None:
    settings.EVB_CHECK_EVENTS = True
    with pytest.raises(BadEventData, match="'booking_id' is a required property"):
        publish_held("booking:1")
    assert not DomainEvent.objects.exists()


@pytest.mark.django_db
def test_an_event_carries_the_present_version_of_its_type() -> None:
    assert publish_held("booking:1").version == event_types()["booking.held"].version == 1
    assert DomainEvent.objects.get().version == 1


@pytest.mark.django_db
def test_sequences_count_per_subject_and_a_rolled_back_event_leaves_no_gap() -> None:
    assert [publish_held("booking:1").sequence, publish_held("booking:2").sequence] == [1, 1]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publish("booking.held", subject="booking:1", data={}, now=NOW)
        raise ZeroDivisionError
    assert publish_held("booking:1").sequence == 2


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_many_connections_number_one_subject_without_gap_or_repetition() -> None:
    def work() -> None:
        for _ in range(10):
            publish_held("booking:1")
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sequences = DomainEvent.objects.order_by("id").values_list("sequence", flat=True)
    assert list(sequences) == list(range(1, 81))


@pytest.mark.django_db(transaction=True)
def test_one_subject_does_not_wait_for_another() -> None:
    def work() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        publish_held("booking:2")
        connection.close()

    with transaction.atomic():
        publish("booking.held", subject="booking:1", data={}, now=NOW)
        other = threading.Thread(target=work)
        other.start()
        other.join()
        assert DomainEvent.objects.filter(subject="booking:2").count() == 1
