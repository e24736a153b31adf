"""The relay: each event reaches each handler once, in order, whatever fails in between."""

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connections, transaction

from evbooking.core import events
from evbooking.core.events import publish, subscribe
from evbooking.core.models import DomainEvent, EventDelivery, EventSubject
from evbooking.core.relay import deliver, dispatch, relay, retry_delay
from evbooking.core.tasks import relay_events

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_handlers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Only the handlers a test registers itself."""
    monkeypatch.setattr(events, "_handlers", {})
    yield


def publish_all(*pairs: tuple[str, str]) -> None:
    with transaction.atomic():
        for type_, subject in pairs:
            publish(type_, subject=subject, data={}, now=NOW)


def leave_effect(event: DomainEvent) -> None:
    """An effect in the database that can be counted: one row per time it was done."""
    name = f"effect:{event.subject}:{event.sequence}"
    EventSubject.objects.get_or_create(subject=name, defaults={"last": 0})
    EventSubject.objects.filter(subject=name).update(last=EventSubject.objects.get(subject=name).last + 1)


def effects() -> dict[str, int]:
    return dict(EventSubject.objects.filter(subject__startswith="effect:").values_list("subject", "last"))


@pytest.mark.django_db
def test_each_handler_gets_the_types_it_asked_for_in_order() -> None:
    seen: list[tuple[str, str, int]] = []

    @subscribe("booking.held", "booking.expired", handler="test.both")
    def both(event: DomainEvent) -> None:
        seen.append(("both", event.subject, event.sequence))

    @subscribe("booking.expired", handler="test.expired")
    def expired(event: DomainEvent) -> None:
        seen.append(("expired", event.subject, event.sequence))

    publish_all(
        ("booking.held", "b:1"),
        ("booking.held", "b:2"),
        ("booking.expired", "b:1"),
        ("station.closed", "s:1"),
    )
    assert relay_events() == 4
    assert [entry for entry in seen if entry[1] == "b:1" and entry[0] == "both"] == [
        ("both", "b:1", 1),
        ("both", "b:1", 2),
    ]
    assert sorted(seen) == [("both", "b:1", 1), ("both", "b:1", 2), ("both", "b:2", 1), ("expired", "b:1", 2)]
    assert not DomainEvent.objects.filter(dispatched_at=None).exists()
    assert set(EventDelivery.objects.values_list("attempts", flat=True)) == {1}
    assert relay_events() == 0
    assert len(seen) == 4


@pytest.mark.django_db
def test_a_failing_handler_holds_back_only_its_own_subject() -> None:
    seen: list[tuple[str, int]] = []

    @subscribe("booking.held", handler="test.fragile")
    def fragile(event: DomainEvent) -> None:
        leave_effect(event)
        if event.subject == "b:1":
            raise ValueError("no")

    @subscribe("booking.held", handler="test.sound")
    def sound(event: DomainEvent) -> None:
        seen.append((event.subject, event.sequence))

    publish_all(("booking.held", "b:1"), ("booking.held", "b:1"), ("booking.held", "b:2"))
    relay()
    assert sorted(seen) == [("b:1", 1), ("b:1", 2), ("b:2", 1)]
    assert effects() == {"effect:b:2:1": 1}
    first, second = EventDelivery.objects.filter(handler="test.fragile", subject="b:1").order_by("sequence")
    assert (first.attempts, first.last_error, first.done_at) == (1, "ValueError: no", None)
    assert (second.attempts, second.done_at) == (0, None)


@pytest.mark.django_db
def test_a_failed_delivery_is_tried_again_after_its_wait_and_then_those_behind_it() -> None:
    seen: list[int] = []
    broken = True

    @subscribe("booking.held", handler="test.flaky")
    def flaky(event: DomainEvent) -> None:
        if broken:
            raise ValueError("not now")
        seen.append(event.sequence)

    with time_machine.travel(NOW, tick=False) as clock:
        publish_all(("booking.held", "b:1"), ("booking.held", "b:1"))
        EventDelivery.objects.update(next_attempt_at=NOW)
        dispatch(10)
        EventDelivery.objects.update(next_attempt_at=NOW)
        relay()
        broken = False
        assert relay() == 0
        clock.shift(timedelta(seconds=2))
        assert relay() == 2
    assert seen == [1, 2]


@pytest.mark.parametrize(("attempts", "most"), [(1, 2), (2, 4), (5, 32), (9, 512), (10, 900), (60, 900)])
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(attempts: int, most: int) -> None:
    assert timedelta(seconds=most / 2) <= retry_delay(attempts) <= timedelta(seconds=most)


@pytest.mark.django_db
def test_an_event_of_a_handler_that_this_process_lacks_waits_for_one_that_has_it() -> None:
    @subscribe("booking.held", handler="test.elsewhere")
    def elsewhere(event: DomainEvent) -> None:
        leave_effect(event)

    publish_all(("booking.held", "b:1"))
    dispatch(10)
    handler = events._handlers.pop("test.elsewhere")
    assert len(deliver(10)) == 0
    events._handlers["test.elsewhere"] = handler
    assert len(deliver(10)) == 1
    assert effects() == {"effect:b:1:1": 1}


@pytest.mark.django_db(transaction=True)
def test_a_relay_killed_between_effect_and_mark_leaves_neither_and_the_next_does_it_once() -> None:
    @subscribe("booking.held", handler="test.deadly")
    def deadly(event: DomainEvent) -> None:
        leave_effect(event)
        if os.getpid() != survivor:
            os.kill(os.getpid(), signal.SIGKILL)

    survivor = os.getpid()
    publish_all(("booking.held", "b:1"))
    connections.close_all()
    child = os.fork()
    if child == 0:
        relay()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert effects() == {}
    assert EventDelivery.objects.get().done_at is None
    relay()
    relay()
    assert effects() == {"effect:b:1:1": 1}
    assert EventDelivery.objects.get().attempts == 1


@pytest.mark.django_db(transaction=True)
def test_two_relays_at_once_do_each_delivery_once() -> None:
    @subscribe("booking.held", handler="test.counted")
    def counted(event: DomainEvent) -> None:
        leave_effect(event)

    publish_all(*[("booking.held", f"b:{number % 10}") for number in range(60)])
    connections.close_all()
    children = []
    for _ in range(3):
        child = os.fork()
        if child == 0:
            relay()
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
    relay()
    assert len(effects()) == 60
    assert set(effects().values()) == {1}


def test_two_handlers_of_one_name_are_refused() -> None:
    subscribe("booking.held", handler="test.same")(leave_effect)
    with pytest.raises(ValueError, match=r"test\.same"):
        subscribe("booking.held", handler="test.same")


@pytest.mark.django_db
def test_a_slow_handler_ends_the_batch_and_the_rest_follows_in_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("evbooking.core.relay.BATCH_SECONDS", 0.0)
    subscribe("booking.held", handler="test.slow")(leave_effect)
    publish_all(("booking.held", "b:1"), ("booking.held", "b:2"))
    dispatch(10)
    assert [len(deliver(10)) for _ in range(3)] == [1, 1, 0]
    assert effects() == {"effect:b:1:1": 1, "effect:b:2:1": 1}


@pytest.mark.django_db
def test_order_per_subject_is_kept_through_failures_and_nothing_is_done_twice() -> None:
    """Every seventh event fails twice; its subject waits for it, the others go on."""
    seen: dict[str, list[int]] = {}
    failures: dict[int, int] = {}

    @subscribe("booking.held", handler="test.moody")
    def moody(event: DomainEvent) -> None:
        if event.pk % 7 == 0 and failures.setdefault(event.pk, 0) < 2:
            failures[event.pk] += 1
            raise ValueError("not now")
        seen.setdefault(event.subject, []).append(event.sequence)

    publish_all(*[("booking.held", f"b:{number % 20}") for number in range(400)])
    while EventDelivery.objects.filter(done_at=None).exists() or not seen:
        relay()
        EventDelivery.objects.filter(done_at=None).update(next_attempt_at=LONG_AGO)
    assert seen == {f"b:{number}": list(range(1, 21)) for number in range(20)}
    assert set(failures.values()) == {2}
