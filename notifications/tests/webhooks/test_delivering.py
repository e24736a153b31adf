"""From an event to the receiver: signed, in order, again after failures, and given up after three days."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from bookings.services.cancel import cancel
from bookings.services.reschedule import reschedule
from evbooking.core.models import AuditEntry, DomainEvent
from evbooking.core.relay import relay
from notifications.models import Notification, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from notifications.services.webhooks import delivering
from notifications.services.webhooks.delivering import claim, deliver_due, retry_delay
from notifications.services.webhooks.endpoints import update_webhook
from notifications.services.webhooks.queueing import queue_event, redeliver
from notifications.tests.receiving import Answer, Receiver, closed_port
from notifications.tests.webhooks.conftest import NOON, Clock, Make
from stations.models import Station
from tests.factories import make_operator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Book = Callable[[], Booking]


def drain() -> int:
    """Deliver all that is due."""
    delivered = 0
    while batch := deliver_due(16):
        delivered += batch
    return delivered


def types(receiver: Receiver) -> list[str]:
    return [json.loads(one.body)["type"] for one in receiver.got]


def test_a_booking_is_told_as_a_cloudevent_without_a_word_about_its_driver(
    endpoint: WebhookEndpoint, book: Book, driver: User, receiver: Receiver
) -> None:
    booking = book()
    assert drain() == 1
    (got,) = receiver.got
    sent = json.loads(got.body)
    event = DomainEvent.objects.get(type="booking.reserved")
    station = booking.station
    assert got.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert got.headers["webhook-id"] == sent["id"] == str(event.pk)
    assert {name: sent[name] for name in ("specversion", "type", "subject", "time", "source")} == {
        "specversion": "1.0",
        "type": "org.evbooking.booking.created.v1",
        "subject": f"booking:{booking.reference}",
        "time": "2026-12-01T12:00:00Z",
        "source": "http://localhost:8000",
    }
    assert sent["data"] == {
        "booking": {
            "reference": booking.reference,
            "status": "RESERVED",
            "station": {
                "id": str(station.pk),
                "slug": station.slug,
                "name": station.name,
                "time_zone": "Europe/Berlin",
            },
            "evse_uid": booking.evse.uid,
            "connector": "IEC_62196_T2",
            "start": "2026-12-02T12:00:00Z",
            "end": "2026-12-02T13:00:00Z",
            "energy_kwh": "11",
            "total": {"amount": "5.50", "currency": "EUR"},
            "payment": {"status": "none"},
            "fee": {"amount": "0.00", "currency": "EUR"},
            "canceled_by": None,
            "canceled_reason": None,
        },
        "previous": {"status": "HELD"},
    }
    assert not [text for text in (driver.name, driver.email, str(driver.pk)) if text in got.body.decode()]


def test_a_change_says_what_was_and_what_is(
    endpoint: WebhookEndpoint, book: Book, driver: User, receiver: Receiver
) -> None:
    booking, later = book(), NOON + timedelta(days=2)
    reschedule(booking, start=later, end=later + timedelta(minutes=30), actor=driver, now=NOON)
    booking.refresh_from_db()
    cancel(booking, actor=driver, now=NOON)
    relay()
    drain()
    assert [name.split(".")[-2] for name in types(receiver)] == ["created", "changed", "canceled"]
    changed = json.loads(receiver.got[1].body)["data"]
    assert (changed["booking"]["start"], changed["booking"]["end"]) == (
        "2026-12-03T12:00:00Z",
        "2026-12-03T12:30:00Z",
    )
    assert changed["previous"] == {
        "evse_uid": booking.evse.uid,
        "start": "2026-12-02T12:00:00Z",
        "end": "2026-12-02T13:00:00Z",
        "total": {"amount": "5.50", "currency": "EUR"},
    }
    assert json.loads(receiver.got[2].body)["data"]["booking"]["canceled_by"] == "DRIVER"


def test_only_what_was_chosen_is_told_and_only_of_ones_own_stations(
    make: Make, station: Station, book: Book, driver: User, receiver: Receiver
) -> None:
    make(path="/canceled", events=["booking.canceled"])
    make(path="/created", events=["booking.created"])
    WebhookEndpoint.objects.create(
        operator=make_operator(),
        url=f"{receiver.url}/foreign",
        events=["booking.created"],
        sealed_secret=b"of nobody here",
        created_at=NOON,
        last_updated=NOON,
    )
    book()
    drain()
    assert [one.path for one in receiver.got] == ["/created"]


def test_an_event_that_is_relayed_again_is_queued_once(endpoint: WebhookEndpoint, book: Book) -> None:
    book()
    event = DomainEvent.objects.get(type="booking.reserved")
    queue_event(event, now=NOON)
    assert WebhookDelivery.objects.filter(event_id=event.pk).count() == 1


def test_an_error_is_tried_again_with_the_same_body_and_id(
    endpoint: WebhookEndpoint, book: Book, receiver: Receiver, clock: Clock
) -> None:
    receiver.answers = [Answer(500, b"<b>broken</b>\x00"), Answer(204, b"")]
    book()
    drain()
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.error) == ("QUEUED", 1, "It answered 500.")
    assert timedelta(seconds=2.5) <= delivery.next_attempt_at - NOON <= timedelta(seconds=5)
    assert drain() == 0
    clock.shift(5)
    assert drain() == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.error) == ("DELIVERED", 2, "")
    first, second = receiver.got
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    tries = list(WebhookAttempt.objects.order_by("pk").values_list("status_code", "answer"))
    assert tries == [(500, "<b>broken</b>�"), (204, "")]
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_what_follows_of_a_subject_waits_for_what_failed_and_other_subjects_do_not(
    endpoint: WebhookEndpoint, book: Book, station: Station, driver: User, receiver: Receiver, clock: Clock
) -> None:
    receiver.answers = [Answer(503), Answer()]
    booking = book()
    cancel(booking, actor=driver, now=NOON)
    relay()
    assert deliver_due(16) == 1
    book()
    assert drain() == 1
    assert [name.split(".")[-2] for name in types(receiver)] == ["created", "created"]
    assert receiver.got[0].headers["webhook-id"] != receiver.got[1].headers["webhook-id"]
    clock.shift(5)
    drain()
    assert [name.split(".")[-2] for name in types(receiver)][2:] == ["created", "canceled"]


def test_without_the_guard_the_second_would_overtake(
    endpoint: WebhookEndpoint,
    book: Book,
    driver: User,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    receiver.answers = [Answer(503), Answer()]
    cancel(book(), actor=driver, now=NOON)
    relay()
    unguarded = delivering._CLAIM.replace("earlier.sequence < d.sequence", "false")
    assert unguarded != delivering._CLAIM
    monkeypatch.setattr(delivering, "_CLAIM", unguarded)
    assert deliver_due(16) == 2


def test_after_three_days_it_is_given_up_and_the_endpoint_disabled_and_its_owner_told(
    endpoint: WebhookEndpoint, book: Book, owner: User, staff: User, receiver: Receiver, clock: Clock
) -> None:
    receiver.answers = [Answer(500)]
    book()
    for _ in range(60):
        drain()
        delivery = WebhookDelivery.objects.get()
        if delivery.state == "FAILED":
            break
        clock.move_to(delivery.next_attempt_at)
    assert delivery.next_attempt_at == NOON + timedelta(days=3)
    assert 25 <= delivery.attempts == len(receiver.got) <= 60
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.disabled_reason) == ("DISABLED", "FAILING")
    relay()
    told = Notification.objects.filter(kind="webhook_disabled")
    assert set(told.values_list("recipient", "channel")) == {(owner.pk, "inbox"), (owner.pk, "email")}
    assert told.first().text == f"We no longer call {receiver.url}/hooks: it took nothing for three days."
    assert told.first().path == f"/operator/webhooks/{endpoint.pk}/"


def test_one_message_that_always_fails_disables_no_endpoint_that_takes_others(
    endpoint: WebhookEndpoint, book: Book, receiver: Receiver, clock: Clock
) -> None:
    receiver.answers = [Answer(422)]
    book()
    poison = WebhookDelivery.objects.get()
    while poison.state == "QUEUED":
        clock.move_to(poison.next_attempt_at)
        receiver.answers = [Answer(422), Answer(200)]  # the poison comes first, the other is taken
        queue_many(endpoint, 1, first=poison.event_id + 1 + poison.attempts)
        drain()
        poison.refresh_from_db()
    endpoint.refresh_from_db()
    assert (poison.state, endpoint.state) == ("FAILED", "ACTIVE")
    assert WebhookDelivery.objects.filter(state="DELIVERED").count() == poison.attempts


def test_gone_disables_at_once_and_what_waited_is_given_up(
    endpoint: WebhookEndpoint, book: Book, driver: User, receiver: Receiver
) -> None:
    receiver.answers = [Answer(410)]
    cancel(book(), actor=driver, now=NOON)
    relay()
    drain()
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.disabled_reason, endpoint.disabled_at) == ("DISABLED", "GONE", NOON)
    errors = WebhookDelivery.objects.order_by("sequence").values_list("state", "error")
    assert list(errors) == [("FAILED", "It answered 410."), ("FAILED", "The webhook was disabled.")]
    assert AuditEntry.objects.filter(action="webhook.disable", actor_id=None).count() == 1
    book()
    assert WebhookDelivery.objects.count() == 2
    assert len(receiver.got) == 1


def test_a_redirect_is_a_failure_and_is_not_followed(
    endpoint: WebhookEndpoint, book: Book, receiver: Receiver
) -> None:
    receiver.answers = [Answer(307, headers={"Location": f"{receiver.url}/elsewhere"})]
    book()
    drain()
    assert [one.path for one in receiver.got] == ["/hooks"]
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.error) == ("QUEUED", "It answered 307: redirects are not followed.")


def test_of_a_huge_answer_the_first_kilobyte_is_kept(
    endpoint: WebhookEndpoint, book: Book, receiver: Receiver
) -> None:
    receiver.answers = [Answer(200, b"x" * 20_000_000)]
    book()
    drain()
    assert WebhookAttempt.objects.get().answer == "x" * 1024
    assert WebhookDelivery.objects.get().state == "DELIVERED"


def test_nobody_there_is_a_failure_with_its_reason(
    endpoint: WebhookEndpoint, owner: User, book: Book
) -> None:
    update_webhook(endpoint, url=f"http://127.0.0.1:{closed_port()}/", actor=owner, now=NOON)
    book()
    drain()
    attempt = WebhookAttempt.objects.get()
    assert (attempt.status_code, attempt.error) == (None, "ConnectError: [Errno 111] Connection refused")


def test_a_log_line_is_sent_again_under_its_id(
    endpoint: WebhookEndpoint, book: Book, owner: User, receiver: Receiver
) -> None:
    book()
    drain()
    delivery = WebhookDelivery.objects.get()
    redeliver(delivery, actor=owner, now=NOON)
    drain()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("DELIVERED", 2)
    assert len(set(receiver.ids())) == 1
    assert len(receiver.got) == 2


def test_one_endpoint_never_takes_all_hands(endpoint: WebhookEndpoint, make: Make, book: Book) -> None:
    other = make(path="/other", events=["booking.created"])
    queue_many(endpoint, 10)
    queue_many(other, 1)
    claimed = claim(16, NOON)
    assert sorted(one.endpoint_id == other.pk for one in claimed) == [False] * 4 + [True]
    assert claim(16, NOON) == []


def queue_many(endpoint: WebhookEndpoint, count: int, first: int = 1) -> None:
    rows = [
        WebhookDelivery(
            endpoint=endpoint,
            event_id=number,
            type="booking.created",
            subject=f"booking:{number}",
            sequence=1,
            body="{}",
            next_attempt_at=timezone.now(),
            created_at=NOON,
        )
        for number in range(first, first + count)
    ]
    WebhookDelivery.objects.bulk_create(rows)


def test_waits_double_with_chance_up_to_four_hours() -> None:
    for attempts, most in ((1, 5), (2, 10), (5, 80), (12, 10_240), (13, 14_400), (40, 14_400)):
        waits = [retry_delay(attempts).total_seconds() for _ in range(50)]
        assert most / 2 <= min(waits) < max(waits) <= most
