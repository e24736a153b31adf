"""The console's page of Stripe's events: found by state and type, the dead first, tried again by a button."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from evbooking.core.models import AuditEntry
from payments.models import StripeEvent

pytestmark = pytest.mark.django_db
URL = "/console/money/stripe-events/"
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)


def event(id_: str, state: str, *, minutes: int = 0, **fields: Any) -> StripeEvent:
    at = NOW + timedelta(minutes=minutes)
    values = {"type": "charge.refunded", "object_id": "ch_1", "livemode": False, "payload": {}, **fields}
    return StripeEvent.objects.create(id=id_, state=state, received_at=at, next_attempt_at=at, **values)


@pytest.fixture
def events(db: None) -> None:
    error = "Traceback (most recent call last):\n  File ...\nValueError: <b>no such charge</b>\n"
    event("evt_done", "DONE", minutes=9)
    event("evt_failed", "FAILED", minutes=1, attempts=2, last_error="TimeoutError")
    event("evt_dead", "DEAD", attempts=12, last_error=error, type="payout.failed", account="acct_1")
    event("evt_new", "RECEIVED", minutes=8)


@pytest.fixture
def console(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def shown(console: Client, **query: str) -> list[str]:
    return [one.pk for one in console.get(URL, query).context["page"]]


def test_the_dead_come_first_then_the_failed_then_the_newest(console: Client, events: None) -> None:
    assert shown(console) == ["evt_dead", "evt_failed", "evt_done", "evt_new"]


def test_events_are_found_by_state_and_by_how_their_type_begins(console: Client, events: None) -> None:
    assert shown(console, state="DONE") == ["evt_done"]
    assert shown(console, type="payout.") == ["evt_dead"]
    assert shown(console, state="DONE", type="payout.") == []
    assert shown(console, state="NONSENSE") == []


def test_what_went_wrong_is_shown_as_text(console: Client, events: None) -> None:
    html = console.get(URL).content.decode()
    assert "ValueError: &lt;b&gt;no such charge&lt;/b&gt;" in html
    assert "acct_1" in html
    assert html.count(">Try again<") == 2


def test_trying_again_is_for_the_worker_and_audited(
    console: Client, events: None, administrator: User
) -> None:
    answer = console.post(f"{URL}evt_dead/replay/")
    assert (answer.status_code, answer["Location"]) == (302, URL)
    assert StripeEvent.objects.get(pk="evt_dead").state == "RECEIVED"
    entry = AuditEntry.objects.get(action="stripe_event.replayed")
    assert (entry.actor, entry.target_id) == (administrator, "evt_dead")


def test_an_event_that_is_done_is_not_tried_again(console: Client, events: None) -> None:
    answer = console.post(f"{URL}evt_done/replay/", follow=True)
    assert "Only an event that failed is tried again." in answer.content.decode()
    assert StripeEvent.objects.get(pk="evt_done").state == "DONE"
    assert not AuditEntry.objects.filter(action="stripe_event.replayed").exists()


def test_an_unknown_event_is_not_there(console: Client) -> None:
    assert console.post(f"{URL}evt_none/replay/").status_code == 404


def test_nobody_but_administrators_tries_again(client: Client, owner: User, events: None) -> None:
    client.force_login(owner)
    assert client.post(f"{URL}evt_dead/replay/").status_code == 403
    assert StripeEvent.objects.get(pk="evt_dead").state == "DEAD"


def test_a_page_of_many_asks_as_often_as_one_of_few(
    console: Client, events: None, django_assert_num_queries: Any
) -> None:
    for number in range(30):
        event(f"evt_{number}", "DONE")
    with django_assert_num_queries(5):
        console.get(URL)
