"""Many at once, over real threads: a slow receiver keeps only its own waiting, and who dies is taken up."""

import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import as_completed
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.models import User
from evbooking.core.pumps import pumps
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.services.webhooks import delivering
from notifications.services.webhooks.crew import Crew
from notifications.services.webhooks.delivering import LEASE, claim, deliver_due
from notifications.services.webhooks.endpoints import ping, remove_webhook
from notifications.tasks import WEBHOOKS_AT_ONCE
from notifications.tests.receiving import Answer, Receiver
from notifications.tests.webhooks.conftest import Make
from notifications.webhooks.addresses import RESOLVE_S
from notifications.webhooks.posting import TOTAL_S

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def crew() -> Iterator[Crew]:
    made = Crew(size=8)
    yield made
    made.finish()


def states() -> list[str]:
    return list(WebhookDelivery.objects.order_by("event_id").values_list("state", flat=True))


def test_a_receiver_that_hangs_keeps_no_other_waiting(
    make: Make, owner: User, receiver: Receiver, crew: Crew
) -> None:
    release = threading.Event()
    receiver.by_path = {"/slow": Answer(wait=release)}
    slow, quick = make(path="/slow"), make(path="/quick")
    queue_rows(slow, 6)
    queue_rows(quick, 3)
    assert crew.begin_due() == 4 + 3
    for _, done in zip(range(3), as_completed(crew.under_way), strict=False):
        assert done.exception() is None
    assert counted(quick) == {"DELIVERED": 3}
    assert counted(slow) == {"SENDING": 4, "QUEUED": 2}
    release.set()
    crew.finish()
    assert crew.begin_due() == 2
    crew.finish()
    assert counted(slow) == {"DELIVERED": 6}


def counted(endpoint: WebhookEndpoint) -> dict[str, int]:
    return dict(Counter(WebhookDelivery.objects.filter(endpoint=endpoint).values_list("state", flat=True)))


def queue_rows(endpoint: WebhookEndpoint, count: int) -> None:
    """Messages about so many things."""
    now = timezone.now()
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            endpoint=endpoint,
            event_id=number,
            type="station.changed",
            subject=f"station:{number}",
            sequence=1,
            body="{}",
            next_attempt_at=now,
            created_at=now,
        )
        for number in range(count)
    )


def test_with_no_hand_free_it_begins_nothing_and_asks_to_be_called_again(
    make: Make, owner: User, receiver: Receiver
) -> None:
    release = threading.Event()
    receiver.answers = [Answer(wait=release)]
    crew = Crew(size=1)
    endpoint = make()
    for _ in range(2):
        ping(endpoint, actor=owner, now=timezone.now())
    assert crew.begin_due() == 1
    receiver.wait_for(1)
    assert crew.begin_due() == 1
    assert sorted(states()) == ["QUEUED", "SENDING"]
    release.set()
    crew.finish()


def test_pings_of_one_endpoint_keep_their_order(
    make: Make, owner: User, receiver: Receiver, crew: Crew
) -> None:
    endpoint = make()
    sent = [str(ping(endpoint, actor=owner, now=timezone.now()).event_id) for _ in range(5)]
    while "QUEUED" in states():
        crew.begin_due()
        crew.finish()
    assert receiver.ids() == sent


def test_several_senders_at_once_send_each_once(make: Make, receiver: Receiver) -> None:
    queue_rows(make(), 40)
    connections.close_all()
    children = []
    for _ in range(3):
        child = os.fork()
        if child == 0:
            while deliver_due(4):
                pass
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
    while deliver_due(4):
        pass
    assert sorted(receiver.ids()) == sorted(set(receiver.ids()))
    assert len(receiver.got) == 40


def kill_oneself(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_who_is_killed_between_sending_and_writing_sends_again_under_the_same_id(
    endpoint: WebhookEndpoint, owner: User, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = ping(endpoint, actor=owner, now=timezone.now())
    connections.close_all()
    with monkeypatch.context() as patch:
        patch.setattr(delivering, "settle", kill_oneself)
        child = os.fork()
        if child == 0:
            deliver_due(1)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
    assert states() == ["SENDING"]
    assert deliver_due(1) == 0
    WebhookDelivery.objects.update(claimed_at=timezone.now() - LEASE - timedelta(seconds=1))
    assert deliver_due(1) == 1
    assert receiver.ids() == [str(delivery.event_id)] * 2
    assert receiver.got[0].body == receiver.got[1].body
    assert states() == ["DELIVERED"]


def test_a_late_answer_of_a_claim_that_passed_on_changes_nothing(
    endpoint: WebhookEndpoint, owner: User, receiver: Receiver
) -> None:
    ping(endpoint, actor=owner, now=timezone.now())
    (mine,) = claim(1, timezone.now())
    outcome = delivering.send(mine)
    WebhookDelivery.objects.update(claimed_at=timezone.now() + timedelta(seconds=1))
    delivering.settle(mine, outcome)
    assert states() == ["SENDING"]
    assert mine.tries.count() == 1


def test_a_webhook_that_is_removed_while_it_is_called_leaves_nothing(
    endpoint: WebhookEndpoint, owner: User, receiver: Receiver
) -> None:
    ping(endpoint, actor=owner, now=timezone.now())
    (mine,) = claim(1, timezone.now())
    outcome = delivering.send(mine)
    remove_webhook(endpoint, actor=owner)
    delivering.settle(mine, outcome)
    assert not WebhookDelivery.objects.exists()


def test_the_database_keeps_one_row_per_event_and_endpoint(endpoint: WebhookEndpoint, owner: User) -> None:
    """With the constraint gone, an event that is relayed twice would be sent twice."""
    delivery = ping(endpoint, actor=owner, now=timezone.now())
    table = "notifications_webhookdelivery"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT webhook_once_per_event")
        try:
            WebhookDelivery.objects.bulk_create([copy_of(delivery)], ignore_conflicts=True)
            assert len(states()) == 2
        finally:
            WebhookDelivery.objects.all().delete()
            cursor.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT webhook_once_per_event UNIQUE (endpoint_id, event_id)"
            )
    again = copy_of(delivery)
    WebhookDelivery.objects.bulk_create([again, copy_of(delivery)], ignore_conflicts=True)
    assert len(states()) == 1


def copy_of(delivery: WebhookDelivery) -> WebhookDelivery:
    names = ("endpoint", "event_id", "type", "subject", "sequence", "body", "next_attempt_at", "created_at")
    return WebhookDelivery(**{name: getattr(delivery, name) for name in names})


def test_the_relay_process_has_a_pump_for_webhooks_and_one_for_announcements() -> None:
    assert {"webhooks", "announcements"} <= pumps().keys()


def test_a_worker_that_sends_one_after_another_is_done_before_its_claims_run_out() -> None:
    """Else the relay process takes up what it has not begun yet, and both send it."""
    assert LEASE.total_seconds() > WEBHOOKS_AT_ONCE * (RESOLVE_S + TOTAL_S)
