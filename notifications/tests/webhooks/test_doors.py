"""The API and the pages of webhooks: the secret is told once, what is someone else's does not exist."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import ports
from accounts.models import Operator, User
from evbooking.core.errors import WrongState
from evbooking.core.models import AuditEntry
from evbooking.core.relay import relay
from notifications.models import WebhookDelivery, WebhookEndpoint
from notifications.services.webhooks.delivering import deliver_due
from notifications.services.webhooks.queueing import forget_deliveries
from notifications.tests.receiving import Answer, Receiver
from notifications.tests.webhooks.conftest import NOON, Clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Api = Callable[[User | None], APIClient]
PATH = "/api/v1/operator/webhooks"


def words(page: Any) -> str:
    return " ".join(page.content.decode().split())


@pytest.fixture
def browser(owner: User, operator: Operator) -> Client:
    client = Client()
    client.force_login(owner)
    return client


def test_a_webhook_is_made_changed_and_removed_and_its_secret_told_once(
    api: Api, owner: User, operator: Operator, receiver: Receiver
) -> None:
    app = api(owner)
    body = {"url": f"{receiver.url}/hooks", "events": ["station.closed", "booking.created"]}
    made = app.post(PATH, body).json()
    assert made["secret"].startswith("whsec_")
    assert made["events"] == ["booking.created", "station.closed"]
    assert (made["state"], made["disabled_reason"], made["operator"]) == ("ACTIVE", "", str(operator.pk))
    one = f"{PATH}/{made['id']}"
    assert "secret" not in app.get(one).json()
    assert "secret" not in app.get(PATH).json()["results"][0]
    changed = app.patch(one, {"description": "Planning", "state": "DISABLED"}).json()
    assert (changed["description"], changed["state"], changed["disabled_reason"]) == (
        "Planning",
        "DISABLED",
        "SWITCHED_OFF",
    )
    assert app.patch(one, {"state": "ACTIVE"}).json()["state"] == "ACTIVE"
    rotated = app.post(f"{one}/rotate").json()
    assert rotated["secret"] != made["secret"]
    assert rotated["previous_secret_until"] == "2026-12-02T12:00:00Z"
    assert app.delete(one).status_code == 204
    assert not WebhookEndpoint.objects.exists()
    actions = AuditEntry.objects.filter(action__startswith="webhook.").order_by("pk")
    assert [entry.action.partition(".")[2] for entry in actions] == [
        "create",
        "update",
        "disable",
        "enable",
        "rotate",
        "remove",
    ]
    assert not [entry for entry in actions if "whsec_" in f"{entry.before}{entry.after}"]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"url": "https://127.0.0.1/"}, "url", "invalid"),
        ({"url": "https://user@partner.example/"}, "url", "invalid"),
        ({"url": "https://no-such-name.invalid/"}, "url", "invalid"),
        ({"url": "x" * 501}, "url", "too_long_text"),
        ({"events": []}, "events", "invalid"),
        ({"events": ["booking.held"]}, "events.0", "invalid"),
    ],
)
def test_what_cannot_be_called_or_told_is_refused(
    api: Api, owner: User, operator: Operator, change: dict[str, Any], field: str, code: str
) -> None:
    answer = api(owner).post(PATH, {"url": "https://8.8.8.8/", "events": ["booking.created"]} | change)
    errors = [(error["field"], error["code"]) for error in answer.json()["errors"]]
    assert (answer.status_code, errors) == (422, [(field, code)])
    assert not WebhookEndpoint.objects.exists()


def test_what_is_someone_elses_does_not_exist(
    api: Api, endpoint: WebhookEndpoint, owner: User, rival: User, book: Any
) -> None:
    book()
    delivery = WebhookDelivery.objects.get()
    one, foreign = f"{PATH}/{endpoint.pk}", api(rival)
    for method, path in (
        ("get", one),
        ("patch", one),
        ("delete", one),
        ("post", f"{one}/rotate"),
        ("post", f"{one}/ping"),
        ("get", f"{one}/deliveries"),
        ("post", f"{one}/deliveries/{delivery.pk}/redeliver"),
    ):
        assert getattr(foreign, method)(path).status_code == 404, path
    assert foreign.get(PATH).json()["results"] == []
    assert foreign.get(f"{PATH}?operator={endpoint.operator_id}").status_code == 404
    before = WebhookEndpoint.objects.get()
    assert (before.secret, before.state) == (endpoint.secret, "ACTIVE")


def test_a_delivery_of_another_webhook_is_not_this_ones(
    api: Api, make: Any, endpoint: WebhookEndpoint, owner: User, book: Any
) -> None:
    book()
    other = make(path="/other")
    delivery = WebhookDelivery.objects.get()
    path = f"{PATH}/{other.pk}/deliveries/{delivery.pk}/redeliver"
    assert api(owner).post(path).status_code == 404


def test_the_plan_has_room_for_so_many(
    api: Api, endpoint: WebhookEndpoint, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []

    def guard(operator: Operator, what: str, count: Callable[[], int]) -> None:
        asked.append((what, count()))
        if count():
            raise WrongState("The plan has room for one.")

    monkeypatch.setattr(ports, "_growth_guards", [guard])
    answer = api(owner).post(PATH, {"url": "https://8.8.8.8/", "events": ["booking.created"]})
    assert (answer.status_code, asked) == (409, [("webhooks", 1)])
    assert WebhookEndpoint.objects.count() == 1


def test_the_log_shows_each_attempt_and_sends_again(
    api: Api, endpoint: WebhookEndpoint, owner: User, book: Any, receiver: Receiver
) -> None:
    receiver.answers = [Answer(410, b"<i>Gone</i>")]
    book()
    deliver_due(1)
    app, path = api(owner), f"{PATH}/{endpoint.pk}/deliveries"
    (line,) = app.get(f"{path}?state=FAILED").json()["results"]
    assert (line["type"], line["state"], line["next_attempt_at"]) == ("booking.created", "FAILED", None)
    (attempt,) = line["attempts"]
    assert (attempt["status_code"], attempt["answer"]) == (410, "<i>Gone</i>")
    again = f"{path}/{line['id']}/redeliver"
    assert app.post(again).json()["code"] == "wrong_state"
    app.patch(f"{PATH}/{endpoint.pk}", {"state": "ACTIVE"})
    receiver.answers = [Answer()]
    assert app.post(again).json()["state"] == "QUEUED"
    assert app.post(again).status_code == 409
    deliver_due(1)
    assert app.get(path).json()["results"][0]["state"] == "DELIVERED"
    assert app.get(f"{path}?state=FAILED").json()["results"] == []


def test_a_ping_goes_the_way_of_all_others(
    api: Api, endpoint: WebhookEndpoint, owner: User, receiver: Receiver
) -> None:
    made = api(owner).post(f"{PATH}/{endpoint.pk}/ping")
    assert (made.status_code, made.json()["type"], made.json()["state"]) == (201, "webhook.ping", "QUEUED")
    relay()
    assert deliver_due(2) == 1
    assert receiver.ids() == [made.json()["event"]]
    api(owner).patch(f"{PATH}/{endpoint.pk}", {"state": "DISABLED"})
    assert api(owner).post(f"{PATH}/{endpoint.pk}/ping").json()["code"] == "wrong_state"


def test_a_month_of_the_log_is_kept(endpoint: WebhookEndpoint, book: Any, clock: Clock) -> None:
    book()
    deliver_due(1)
    clock.shift(29 * 86_400)
    assert forget_deliveries(NOON) == 0
    clock.shift(2 * 86_400)
    assert forget_deliveries(timezone.now()) == 1
    assert not WebhookDelivery.objects.exists()


def test_the_page_shows_the_secret_once(browser: Client, receiver: Receiver) -> None:
    form = {"url": f"{receiver.url}/hooks", "description": "Planning", "events": ["booking.created"]}
    made = browser.post("/operator/webhooks/new/", form)
    endpoint = WebhookEndpoint.objects.get()
    assert made["Location"] == f"/operator/webhooks/{endpoint.pk}/"
    assert endpoint.secret in words(browser.get(made["Location"]))
    assert endpoint.secret not in words(browser.get(made["Location"]))
    assert "Planning" in words(browser.get("/operator/webhooks/"))
    assert browser.post(f"/operator/webhooks/{endpoint.pk}/rotate/").status_code == 302
    rotated = WebhookEndpoint.objects.get().secret
    page = words(browser.get(made["Location"]))
    assert rotated in page
    assert "Until 2 Dec 2026 12:00 UTC the secret before signs, too." in page


def test_a_url_that_is_refused_stands_beside_its_field(browser: Client) -> None:
    form = {"url": "https://10.0.0.1/", "events": ["booking.created"]}
    answer = browser.post("/operator/webhooks/new/", form)
    assert answer.status_code == 422
    assert "10.0.0.1 is not on the public internet." in words(answer)
    assert not WebhookEndpoint.objects.exists()


def test_the_log_on_the_page_is_text_and_has_its_buttons(
    browser: Client, endpoint: WebhookEndpoint, book: Any, receiver: Receiver
) -> None:
    receiver.answers = [Answer(200, b"<script>alert(1)</script>")]
    book()
    deliver_due(1)
    where = f"/operator/webhooks/{endpoint.pk}/"
    page = words(browser.get(where))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    line = WebhookDelivery.objects.get()
    assert browser.post(f"{where}deliveries/{line.pk}/redeliver/").status_code == 302
    assert WebhookDelivery.objects.get().state == "QUEUED"
    assert browser.post(f"{where}ping/").status_code == 302
    assert WebhookDelivery.objects.count() == 2
    assert browser.post(f"{where}switch/").status_code == 302
    assert "switched off" in words(browser.get(where))
    assert browser.post(f"{where}switch/").status_code == 302
    assert WebhookEndpoint.objects.get().state == "ACTIVE"
    changed = {"url": f"{receiver.url}/new", "events": ["booking.canceled"]}
    assert browser.post(f"{where}edit/", changed).status_code == 302
    assert WebhookEndpoint.objects.get().events == ["booking.canceled"]
    assert "Remove this webhook?" in words(browser.get(f"{where}remove/"))
    assert browser.post(f"{where}remove/").status_code == 302
    assert not WebhookEndpoint.objects.exists()
