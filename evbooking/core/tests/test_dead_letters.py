"""Dead letters: what failed too often is kept, seen, and replayed or given up; order holds all the while."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from evbooking.core import events
from evbooking.core.dead_letters import dead_letters, discard, failing, replay
from evbooking.core.errors import Invalid, WrongState
from evbooking.core.events import publish, subscribe
from evbooking.core.models import AuditEntry, DomainEvent, EventDelivery
from evbooking.core.relay import MAX_ATTEMPTS, relay

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


class Flaky:
    """A handler that fails while `broken`, and what it has seen."""

    def __init__(self) -> None:
        self.broken = True
        self.seen: list[tuple[str, int]] = []
        subscribe("booking.held", handler="test.flaky")(self)

    def __call__(self, event: DomainEvent) -> None:
        if self.broken and event.subject == "b:1":
            raise ValueError("no")
        self.seen.append((event.subject, event.sequence))


@pytest.fixture
def flaky(monkeypatch: pytest.MonkeyPatch) -> Iterator[Flaky]:
    monkeypatch.setattr(events, "_handlers", {})
    yield Flaky()


def publish_all(*subjects: str) -> None:
    with transaction.atomic():
        for subject in subjects:
            publish("booking.held", subject=subject, data={}, now=NOW)


def fail_until_dead() -> EventDelivery:
    """Relay until the first delivery of b:1 is dead, every wait skipped."""
    for _ in range(MAX_ATTEMPTS):
        EventDelivery.objects.filter(done_at=None).update(next_attempt_at=timezone.now())
        relay()
    return EventDelivery.objects.get(subject="b:1", sequence=1)


def test_a_delivery_dies_after_its_last_attempt_and_holds_back_only_its_own_subject(flaky: Flaky) -> None:
    publish_all("b:1", "b:1", "b:1", "b:2")
    dead = fail_until_dead()
    assert (dead.attempts, dead.last_error, dead.done_at) == (MAX_ATTEMPTS, "ValueError: no", None)
    assert dead.dead_at is not None
    assert flaky.seen == [("b:2", 1)]
    assert [(letter.pk, vars(letter)["held_back"]) for letter in dead_letters()] == [(dead.pk, 2)]
    assert not failing().exists()


def test_one_that_fails_and_will_be_tried_again_is_no_dead_letter(flaky: Flaky) -> None:
    publish_all("b:1")
    relay()
    assert not dead_letters().exists()
    assert [one.attempts for one in failing()] == [1]


def test_a_replay_tries_again_at_once_and_then_those_behind_in_their_order(
    flaky: Flaky, administrator: User
) -> None:
    publish_all("b:1", "b:1")
    dead = fail_until_dead()
    flaky.broken = False
    assert relay() == 0
    replay(dead, actor=administrator)
    assert relay() == 2
    assert flaky.seen == [("b:1", 1), ("b:1", 2)]
    entry = AuditEntry.objects.get(action="event.replay")
    assert (entry.actor, entry.before) == (
        administrator,
        {"event": dead.event_id, "handler": "test.flaky", "error": "ValueError: no"},
    )


def test_giving_one_up_lets_those_behind_go_on(flaky: Flaky, administrator: User) -> None:
    publish_all("b:1", "b:1")
    dead = fail_until_dead()
    flaky.broken = False
    discard(dead, actor=administrator, reason=" It is about nothing. ")
    assert relay() == 1
    assert flaky.seen == [("b:1", 2)]
    assert AuditEntry.objects.get(action="event.discard").reason == "It is about nothing."


def test_giving_up_needs_a_reason_and_a_dead_letter(flaky: Flaky, administrator: User) -> None:
    publish_all("b:1")
    relay()
    waiting = EventDelivery.objects.get()
    with pytest.raises(WrongState):
        discard(waiting, actor=administrator, reason="I say so")
    dead = fail_until_dead()
    with pytest.raises(Invalid):
        discard(dead, actor=administrator, reason=" ")
    assert EventDelivery.objects.get().done_at is None
    assert not AuditEntry.objects.filter(action="event.discard").exists()


def test_what_is_done_is_not_replayed(flaky: Flaky, administrator: User) -> None:
    publish_all("b:2")
    relay()
    with pytest.raises(WrongState):
        replay(EventDelivery.objects.get(), actor=administrator)
    assert relay() == 0
    assert flaky.seen == [("b:2", 1)]
