"""What goes over the wire to and from the sandbox, held against the committed schema of Twilio's fields we use."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings as django_settings
from jsonschema import Draft202012Validator
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from accounts.models import User
from notifications.channels import sms
from notifications.sandbox.callbacks import signature
from notifications.sandbox.texts import MAGIC
from notifications.services.preferences import set_preferences
from notifications.services.sending import send_due
from notifications.tests.conftest import Tell
from notifications.tests.running import ACCOUNT, SERVICE, TOKEN, Running

SCHEMA = Path(__file__).parents[1] / "sandbox" / "schemas" / "messages.json"
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


@cache
def validator(part: str) -> Draft202012Validator:
    document = json.loads(SCHEMA.read_text())
    return Draft202012Validator({"$defs": document["$defs"], "$ref": f"#/$defs/{part}"})


def violations(part: str, value: Any) -> list[str]:
    return [error.message for error in validator(part).iter_errors(value)]


def call(sandbox: Running, method: str, **more: Any) -> httpx.Response:
    return httpx.request(method, f"{sandbox.url}{MESSAGES}", auth=(ACCOUNT, TOKEN), **more)


def test_the_schema_is_sound_and_refuses_something() -> None:
    for part in ("create", "message", "list", "error", "callback"):
        Draft202012Validator.check_schema(validator(part).schema)
        assert violations(part, {})


@pytest.mark.django_db(transaction=True)
def test_what_we_send_is_as_twilio_wants_it(
    reachable: User, say: Tell, sandbox: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []

    class Watching(TwilioHttpClient):  # type: ignore[misc]  # the library has no types
        def request(self, method: str, url: str, **more: Any) -> Any:
            seen.append(dict(more["data"] or {}))
            return super().request(method, url, **more)

    watched = Client(ACCOUNT, TOKEN, http_client=Watching())
    watched.api.base_url = sandbox.url
    monkeypatch.setattr(sms, "client", lambda: watched)
    set_preferences(reachable, switches={}, quiet_from=None, quiet_until=None)  # whatever the hour
    say(reachable)
    send_due("sms")
    (form,) = seen
    assert violations("create", form) == []
    assert form["StatusCallback"].startswith(
        f"{django_settings.PUBLIC_URL}/notifications/twilio/status?message="
    )


def test_what_the_sandbox_answers_is_as_twilio_would(sandbox: Running) -> None:
    form = {"To": "+4915112345678", "MessagingServiceSid": SERVICE, "Body": "Hello"}
    made = call(sandbox, "POST", data=form)
    assert (made.status_code, violations("message", made.json())) == (201, [])
    listed = call(sandbox, "GET", params={"To": "+4915112345678"})
    assert (listed.status_code, violations("list", listed.json())) == (200, [])
    assert [each["sid"] for each in listed.json()["messages"]] == [made.json()["sid"]]


@pytest.mark.parametrize(("number", "code"), [(number, code) for number, (code, _) in MAGIC.items()])
def test_errors_have_twilios_codes_and_form(number: str, code: int, sandbox: Running) -> None:
    form = {"To": number, "MessagingServiceSid": SERVICE, "Body": "Hello"}
    refused = call(sandbox, "POST", data=form)
    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert violations("error", refused.json()) == []


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": "+4915112345678", "MessagingServiceSid": SERVICE}, 21602),
        ({"MessagingServiceSid": SERVICE, "Body": "Hello"}, 21604),
        ({"To": "+4915112345678", "Body": "Hello"}, 21603),
        ({"To": "0151", "MessagingServiceSid": SERVICE, "Body": "Hello"}, 21211),
        ({"To": "+4915112345678", "MessagingServiceSid": SERVICE, "Body": "x" * 1601}, 21617),
        ({"To": "+4915112345678", "MessagingServiceSid": SERVICE, "Body": "x", "Colour": "red"}, 20001),
    ],
)
def test_what_twilio_refuses_the_sandbox_refuses(form: dict[str, str], code: int, sandbox: Running) -> None:
    refused = call(sandbox, "POST", data=form)
    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert sandbox.received()["texts"] == []


def test_only_the_accounts_own_token_gets_in(sandbox: Running) -> None:
    refused = httpx.get(f"{sandbox.url}{MESSAGES}", auth=(ACCOUNT, "wrong"))
    assert (refused.status_code, refused.json()["code"]) == (401, 20003)


def test_callbacks_have_twilios_form(sandbox: Running) -> None:
    form = {
        "To": "+4915112345678",
        "MessagingServiceSid": SERVICE,
        "Body": "Hi",
        "StatusCallback": "http://127.0.0.1:1/",
    }
    call(sandbox, "POST", data=form)
    sandbox.fault("callback", statuses=["sent", "undelivered"], code=30005)
    sent = sandbox.control("callbacks/flush")["sent"]
    assert [violations("callback", step["form"]) for step in sent] == [[], []]
    assert [step["form"].get("ErrorCode") for step in sent] == [None, "30005"]


def test_the_sandbox_signs_as_twilios_own_library_checks() -> None:
    url, form = (
        "https://book.example.org/notifications/twilio/status?message=1",
        {"To": "+49151", "Body": "ä"},
    )
    assert RequestValidator(TOKEN).validate(url, form, signature(url, form, TOKEN))
    assert not RequestValidator(TOKEN).validate(url + "2", form, signature(url, form, TOKEN))
