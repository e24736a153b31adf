"""Pruning: what everyone has been told is forgotten after its time, what is on its way never."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction

from evbooking.core import pruning
from evbooking.core.events import publish
from evbooking.core.models import DomainEvent, EventDelivery, EventSubject
from evbooking.core.tasks import prune_events

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def told(days_ago: int, *, done: bool = True) -> DomainEvent:
    """An event of this age and its one delivery."""
    at = NOW - timedelta(days=days_ago)
    with transaction.atomic():
        event = publish("booking.held", subject="b:1", data={}, now=at)
    DomainEvent.objects.filter(pk=event.pk).update(dispatched_at=at)
    EventDelivery.objects.create(
        event=event, handler="test", subject="b:1", sequence=event.sequence, done_at=at if done else None
    )
    return event


def test_deliveries_are_kept_a_week_and_events_ninety_days() -> None:
    old, month, fresh = told(91), told(30), told(6)
    assert pruning.prune(NOW) == 3
    assert list(DomainEvent.objects.order_by("pk")) == [month, fresh]
    assert [one.event for one in EventDelivery.objects.all()] == [fresh]
    assert not EventDelivery.objects.filter(event_id=old.pk).exists()
    assert pruning.prune(NOW) == 0


def test_an_event_that_somebody_still_waits_for_stays_however_old() -> None:
    event = told(400, done=False)
    undispatched = told(400)
    DomainEvent.objects.filter(pk=undispatched.pk).update(dispatched_at=None)
    pruning.prune(NOW)
    assert set(DomainEvent.objects.all()) == {event, undispatched}
    assert [one.event for one in EventDelivery.objects.all()] == [event]


def test_the_numbers_of_a_subject_go_on_after_its_events_are_gone() -> None:
    told(91)
    pruning.prune(NOW)
    with transaction.atomic():
        assert publish("booking.held", subject="b:1", data={}, now=NOW).sequence == 2
    assert EventSubject.objects.get(subject="b:1").last == 2


def test_more_than_a_batch_is_deleted_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "BATCH", 2)
    for _ in range(5):
        told(91)
    assert pruning.prune(NOW) == 10
    assert not DomainEvent.objects.exists()


def test_the_task_prunes_by_the_clock() -> None:
    told(91)
    with time_machine.travel(NOW, tick=False):
        assert prune_events() == 2
    assert not DomainEvent.objects.exists()
