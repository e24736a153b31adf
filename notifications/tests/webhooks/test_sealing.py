"""Secrets of webhooks lie sealed wherever they lie, and a change of SECRET_KEY does not stop them from signing."""

from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Operator, User
from bookings.models import Booking
from evbooking.core import vault
from notifications.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from notifications.services.webhooks.delivering import deliver_due, secrets_of
from notifications.services.webhooks.endpoints import rotate_secret
from notifications.services.webhooks.resealing import reseal_secrets
from notifications.tests.receiving import Receiver
from notifications.tests.webhooks.conftest import NOON, Clock, Make
from notifications.webhooks.sealing import open_secret, seal_secret
from notifications.webhooks.signing import new_secret, signature

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NEXT_KEY = "the next secret key of this installation, as long as they have to be"


def lies_open(secret: str) -> list[str]:
    """The tables in which the secret can be read: as text, as bytes of a column, or its key alone."""
    raw = b64decode(secret.removeprefix("whsec_"))
    forms = [secret, secret.encode().hex(), raw.hex()]
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for form in forms:
                named = connection.ops.quote_name(table)
                cursor.execute(f"SELECT count(*) FROM {named} t WHERE strpos(t::text, %s) > 0", [form])
                found += [table] * (cursor.fetchone()[0] > 0)
    return sorted(set(found))


def test_no_table_holds_a_secret_that_was_made_and_rotated_through_the_api(
    api: Callable[[User], APIClient], owner: User, operator: Operator, receiver: Receiver
) -> None:
    app = api(owner)
    body = {"url": f"{receiver.url}/hooks", "events": ["booking.created"]}
    made = app.post("/api/v1/operator/webhooks", body, headers={"Idempotency-Key": "make-one"}).json()
    path = f"/api/v1/operator/webhooks/{made['id']}/rotate"
    rotated = app.post(path, headers={"Idempotency-Key": "rotate-it"}).json()
    endpoint = WebhookEndpoint.objects.get()
    assert secrets_of(endpoint, NOON) == [rotated["secret"], made["secret"]]
    assert lies_open(rotated["secret"]) == lies_open(made["secret"]) == []


def test_no_table_holds_a_secret_that_waits_to_be_shown_on_its_page(
    owner: User, operator: Operator, receiver: Receiver
) -> None:
    browser = Client()
    browser.force_login(owner)
    form = {"url": f"{receiver.url}/hooks", "events": ["booking.created"]}
    page = browser.post("/operator/webhooks/new/", form)["Location"]
    secret = WebhookEndpoint.objects.get().secret
    [kept] = [value for name, value in browser.session.items() if name.startswith("webhook_secret:")]
    assert secret not in kept
    assert lies_open(secret) == []
    assert secret in browser.get(page).content.decode()


def test_the_search_finds_a_secret_where_nothing_is_sealed(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "seal", lambda content, key, *, about: content)
    endpoint = make()
    assert lies_open(bytes(endpoint.sealed_secret).decode()) == ["notifications_webhookendpoint"]


def test_a_secret_opens_for_its_own_row_only_and_not_when_it_was_touched() -> None:
    mine, other = uuid4(), uuid4()
    sealed = seal_secret(mine, "whsec_abc")
    assert open_secret(mine, sealed) == "whsec_abc"
    assert seal_secret(mine, "whsec_abc") != sealed, "a nonce of its own each time"
    for endpoint_id, content in ((other, sealed), (mine, sealed[:-1] + b"\0"), (mine, b""), (mine, b"short")):
        with pytest.raises(vault.Unreadable):
            open_secret(endpoint_id, content)


def test_after_a_change_of_the_key_both_secrets_go_on_signing(
    endpoint: WebhookEndpoint, owner: User, book: Callable[[], Booking], receiver: Receiver, settings: Any
) -> None:
    first = endpoint.secret
    second = rotate_secret(endpoint, actor=owner, now=NOON).secret
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], NEXT_KEY
    book()
    deliver_due(1)
    [got] = receiver.got
    message_id, at = got.headers["webhook-id"], int(got.headers["webhook-timestamp"])
    wanted = [signature(message_id, at, got.body, secret) for secret in (second, first)]
    assert got.headers["webhook-signature"].split() == wanted


def test_a_secret_that_no_key_opens_sends_nothing_says_so_and_is_tried_again(
    endpoint: WebhookEndpoint, book: Callable[[], Booking], receiver: Receiver, settings: Any, clock: Clock
) -> None:
    kept = settings.SECRET_KEY
    settings.SECRET_KEY = NEXT_KEY
    book()
    deliver_due(1)
    delivery = WebhookDelivery.objects.get()
    assert receiver.got == []
    assert delivery.state == "QUEUED"
    assert delivery.error == "Its secret cannot be read any more: ask for a new one."
    assert WebhookAttempt.objects.get().error == delivery.error
    settings.SECRET_KEY_FALLBACKS = [kept]
    clock.shift(timedelta(seconds=5))
    deliver_due(1)
    assert [one.headers["webhook-id"] for one in receiver.got] == [str(delivery.event_id)]


def test_a_new_secret_mends_an_endpoint_whose_old_one_no_key_opens(
    endpoint: WebhookEndpoint, owner: User, settings: Any
) -> None:
    settings.SECRET_KEY = NEXT_KEY
    rotated = rotate_secret(endpoint, actor=owner, now=NOON)
    assert secrets_of(rotated, NOON) == [rotated.secret]


def test_resealed_secrets_need_the_old_key_no_more(
    make: Make, owner: User, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    changing = rotate_secret(make(path="/changing"), actor=owner, now=NOON)
    changed = rotate_secret(make(path="/changed"), actor=owner, now=NOON - timedelta(days=2))
    before = [secrets_of(one, NOON) for one in (changing, changed)]
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], NEXT_KEY
    call_command("reseal_secrets")
    settings.SECRET_KEY_FALLBACKS = []
    after = [WebhookEndpoint.objects.get(pk=one.pk) for one in (changing, changed)]
    assert [secrets_of(one, NOON) for one in after] == before
    assert [len(one) for one in before] == [2, 1]
    assert bytes(after[1].sealed_previous_secret) == b"", "it signs no more"
    assert capsys.readouterr().out == "2 webhooks are sealed under today's key.\n"


def test_a_secret_that_cannot_be_resealed_is_named_and_left_as_it_was(
    make: Make, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = make(path="/lost")
    before = bytes(WebhookEndpoint.objects.get().sealed_secret)
    settings.SECRET_KEY = NEXT_KEY
    made = make(path="/made")
    done = reseal_secrets(now=NOON)
    assert (done.sealed, done.unreadable) == (1, [lost.pk])
    with pytest.raises(CommandError, match="1 secrets cannot be read"):
        call_command("reseal_secrets")
    assert str(lost.pk) in capsys.readouterr().out
    assert bytes(WebhookEndpoint.objects.get(pk=lost.pk).sealed_secret) == before
    assert WebhookEndpoint.objects.get(pk=made.pk).secret == made.secret


def test_the_migration_seals_what_lay_open_and_opens_it_again_backwards(operator: Operator) -> None:
    first, second = new_secret(), new_secret()
    past = _migrate("0007_kinds_of_series").get_model("notifications", "WebhookEndpoint")
    fields = {"operator_id": operator.pk, "url": "https://8.8.8.8/", "events": ["booking.created"]}
    times = {"created_at": NOON, "last_updated": NOON}
    alone = past.objects.create(secret=first, **fields, **times)
    changing = past.objects.create(secret=second, previous_secret=first, **fields, **times)
    assert lies_open(first) == ["notifications_webhookendpoint"]
    _migrate("0008_webhook_secrets_are_sealed")
    assert lies_open(first) == lies_open(second) == []
    assert WebhookEndpoint.objects.get(pk=alone.pk).secret == first
    sealed = WebhookEndpoint.objects.get(pk=changing.pk)
    assert sealed.secret == second
    assert open_secret(sealed.pk, sealed.sealed_previous_secret) == first
    again = _migrate("0007_kinds_of_series").get_model("notifications", "WebhookEndpoint")
    opened = again.objects.order_by("previous_secret").values_list("secret", "previous_secret")
    assert list(opened) == [(first, ""), (second, first)]


def _migrate(name: str) -> Any:
    """The models as of that migration, in the test's transaction, which is rolled back with all of it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    executor = MigrationExecutor(connection)
    executor.migrate([("notifications", name)])
    return MigrationExecutor(connection).loader.project_state([("notifications", name)]).apps
