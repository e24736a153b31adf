"""Stripe's webhook: what is taken in, what is refused, and that each event is stored and worked off once."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from evbooking.core.errors import WrongState
from evbooking.core.models import AuditEntry
from payments.models import StripeEvent
from payments.sandbox.tests.running import SECRET
from payments.sandbox.webhooks import signature
from payments.services import routing
from payments.services.intake import MAX_ATTEMPTS, process_due, process_event, receive, replay_event
from payments.tests.paying import NOW, WEBHOOK, post_event

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def secret(settings: Settings) -> None:
    settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_SECRET_KEY = SECRET, "sk_test_any"


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """The ids that a listener to `evb.test` was handed; one that begins with evt_bad makes it fail."""
    events: list[str] = []

    @routing.on("evb.test")
    def listen(event: StripeEvent, now: datetime) -> None:
        events.append(event.pk)
        if event.pk.startswith("evt_bad"):
            raise ConnectionError("Stripe is away")

    yield events
    del routing.ROUTES["evb.test"]


def event(id_: str = "evt_1", type_: str = "evb.test", **more: Any) -> dict[str, Any]:
    document = {
        "object": "event",
        "created": 1,
        "data": {"object": {"id": "pi_1", "object": "payment_intent"}},
    }
    return {"id": id_, "type": type_, "livemode": False, **document, **more}


def test_a_signed_event_is_stored_as_it_came(client: Client) -> None:
    assert post_event(event(account="acct_7")).status_code == 200
    stored = StripeEvent.objects.get()
    assert (stored.pk, stored.type, stored.account, stored.object_id) == (
        "evt_1",
        "evb.test",
        "acct_7",
        "pi_1",
    )
    assert stored.payload == event(account="acct_7")
    assert stored.state == StripeEvent.State.RECEIVED


def test_an_event_that_comes_twice_is_stored_and_heard_once(heard: list[str]) -> None:
    assert [post_event(event()).status_code for _ in range(3)] == [200, 200, 200]
    assert [process_due(timezone.now()) for _ in range(2)] == [1, 0]
    assert heard == ["evt_1"]


def header(body: str, *, secret: str = SECRET, age: int = 0) -> str:
    return signature(body, secret, int(time.time()) - age)


BODY = json.dumps(event())


@pytest.mark.parametrize(
    ("body", "sign"),
    [
        pytest.param(BODY, lambda body: "", id="no signature"),
        pytest.param(BODY, lambda body: "t=1,v1=00", id="nonsense"),
        pytest.param(BODY, lambda body: header(body, secret="whsec_other"), id="another secret"),
        pytest.param(BODY, lambda body: header(body + " "), id="another body"),
        pytest.param(BODY, lambda body: header(body, age=301), id="replayed after the tolerance"),
        pytest.param("[1]", header, id="no event"),
        pytest.param("{", header, id="no JSON"),
        pytest.param(
            json.dumps({"id": 7, "type": "x", "data": {"object": {}}}), header, id="an id that is none"
        ),
        pytest.param(json.dumps(event() | {"livemode": None}), header, id="no mode"),
        pytest.param(json.dumps(event() | {"livemode": True}), header, id="live mode beside test keys"),
    ],
)
def test_what_is_not_stripes_is_refused_and_stored_nowhere(client: Client, body: str, sign: Any) -> None:
    answer = client.post(
        WEBHOOK, body, content_type="application/json", headers={"Stripe-Signature": sign(body)}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_webhook")
    assert not StripeEvent.objects.exists()


def test_events_of_connected_accounts_have_an_endpoint_and_a_secret_of_their_own(settings: Settings) -> None:
    settings.STRIPE_WEBHOOK_SECRET = f"whsec_platform, {SECRET},"
    assert post_event(event("evt_1"), secret="whsec_platform").status_code == 200
    assert post_event(event("evt_2", account="acct_7")).status_code == 200
    assert [post_event(event("evt_3"), secret=other).status_code for other in ("", " ", "whsec_")] == [
        400
    ] * 3
    assert sorted(StripeEvent.objects.values_list("pk", flat=True)) == ["evt_1", "evt_2"]


def test_bytes_that_are_no_text_are_refused(client: Client) -> None:
    answer = client.post(
        WEBHOOK, b"\xff\xfe", content_type="application/json", headers={"Stripe-Signature": "t=1"}
    )
    assert answer.status_code == 400


def test_without_the_check_of_the_signature_anything_would_be_stored(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the refusals above are the signature's doing."""
    monkeypatch.setattr("stripe.WebhookSignature.verify_header", lambda *_, **__: True)
    assert client.post(WEBHOOK, BODY, content_type="application/json").status_code == 200
    assert StripeEvent.objects.count() == 1


def test_an_event_of_a_megabyte_is_too_large(client: Client) -> None:
    body = json.dumps(event(filler="x" * 1_100_000))
    answer = client.post(
        WEBHOOK, body, content_type="application/json", headers={"Stripe-Signature": header(body)}
    )
    assert answer.status_code == 413
    assert not StripeEvent.objects.exists()


def test_where_nothing_is_paid_online_there_is_no_webhook(client: Client, settings: Settings) -> None:
    settings.STRIPE_WEBHOOK_SECRET = ""
    assert client.post(WEBHOOK, BODY, content_type="application/json").status_code == 404


def test_taking_an_event_in_takes_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(3):  # with the savepoint that stands for the transaction
        receive(BODY.encode(), header(BODY), now=NOW)


def test_a_type_that_nobody_listens_to_is_ignored() -> None:
    receive(
        json.dumps(event(type_="balance.available")).encode(),
        header(json.dumps(event(type_="balance.available"))),
        now=NOW,
    )
    assert process_due(NOW) == 1
    assert StripeEvent.objects.get().state == StripeEvent.State.IGNORED


def given(id_: str, **fields: Any) -> StripeEvent:
    values: dict[str, Any] = {"type": "evb.test", "livemode": False, "payload": {}, **fields}
    return StripeEvent.objects.create(pk=id_, received_at=NOW, **{"next_attempt_at": NOW, **values})


def test_what_fails_is_tried_again_later_and_given_up_at_last(heard: list[str]) -> None:
    given("evt_bad")
    now, waits = NOW, []
    for _ in range(MAX_ATTEMPTS):
        assert process_due(now) == 1
        failed = StripeEvent.objects.get()
        assert process_due(now) == 0  # not before its time
        waits.append(failed.next_attempt_at - now)
        now = failed.next_attempt_at
    assert waits[0] <= timedelta(seconds=2) and waits[-1] >= timedelta(minutes=7)
    assert (failed.state, failed.attempts) == (StripeEvent.State.DEAD, MAX_ATTEMPTS)
    assert "ConnectionError: Stripe is away" in failed.last_error
    assert process_due(now + 30 * MINUTE) == 0
    assert heard == ["evt_bad"] * MAX_ATTEMPTS


def test_one_that_fails_holds_back_no_other(heard: list[str]) -> None:
    given("evt_bad")
    given("evt_good")
    assert process_due(NOW) == 2
    assert StripeEvent.objects.get(pk="evt_good").state == StripeEvent.State.DONE


def test_an_administrator_has_a_dead_event_tried_again(heard: list[str], administrator: User) -> None:
    given("evt_good", state=StripeEvent.State.DEAD, attempts=MAX_ATTEMPTS, last_error="away")
    replay_event("evt_good", actor=administrator, now=NOW)
    assert process_due(NOW) == 1
    done = StripeEvent.objects.get()
    assert (done.state, done.last_error, done.done_at) == (StripeEvent.State.DONE, "", NOW)
    assert AuditEntry.objects.get(action="stripe_event.replayed").actor_id == administrator.pk


def test_what_is_done_is_not_tried_again(heard: list[str], administrator: User) -> None:
    given("evt_good", state=StripeEvent.State.DONE)
    with pytest.raises(WrongState):
        replay_event("evt_good", actor=administrator, now=NOW)
    assert process_event("evt_good", now=NOW) is False
    assert heard == []


def test_a_worker_that_dies_leaves_its_event_to_another(
    heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given("evt_good")
    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setitem(routing.ROUTES, "evb.test", lambda *_: (_ for _ in ()).throw(SystemExit))
        process_event("evt_good", now=NOW)
    assert process_due(NOW + MINUTE) == 0  # it might still be at it
    assert process_due(NOW + 3 * MINUTE) == 1
    assert heard == ["evt_good"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_share_an_event(heard: list[str]) -> None:
    given("evt_good")
    ready = threading.Barrier(4)
    done: list[bool] = []

    def work() -> None:
        ready.wait()
        done.append(process_event("evt_good", now=NOW))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(done) == [False, False, False, True]
    assert heard == ["evt_good"]
