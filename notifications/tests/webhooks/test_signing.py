"""Signatures as Standard Webhooks has them, verified by the program that the documentation gives to receivers."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings

from accounts.models import User
from bookings.models import Booking
from notifications.models import WebhookEndpoint
from notifications.services.webhooks.delivering import deliver_due
from notifications.services.webhooks.endpoints import rotate_secret
from notifications.tests.receiving import Got, Receiver
from notifications.tests.webhooks.conftest import NOON, Clock
from notifications.webhooks.signing import new_secret, signature, signed_headers

Verify = Callable[..., str]


@pytest.fixture(scope="module")
def verify() -> Verify:
    """The function of docs/webhooks.md, as it stands there."""
    text = (Path(django_settings.BASE_DIR) / "docs/webhooks.md").read_text()
    found = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert found
    names: dict[str, Any] = {}
    exec(found[1], names)
    made: Verify = names["verify"]
    return made


def test_the_signature_is_the_standards_own_example() -> None:
    """Of the reference libraries (standard-webhooks/standard-webhooks, their tests)."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signed = signature("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', secret)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_secrets_are_32_random_bytes_of_their_own() -> None:
    first, second = new_secret(), new_secret()
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", first)
    assert first != second


@pytest.mark.django_db
def test_what_we_send_is_verified_by_the_documented_program(
    endpoint: WebhookEndpoint, book: Callable[[], Booking], receiver: Receiver, verify: Verify
) -> None:
    book()
    deliver_due(1)
    (got,) = receiver.got
    assert verify(endpoint.secret, got.headers, got.body) == got.headers["webhook-id"]


def message(body: bytes = b'{"a":1}', timestamp: int = 1_796_126_400) -> tuple[str, Got]:
    secret = new_secret()
    headers = signed_headers("17", timestamp=timestamp, body=body, with_secrets=[secret])
    return secret, Got("/", headers, body)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"body": b'{"a":2}'}, "not signed"),
        ({"webhook-id": "18"}, "not signed"),
        ({"webhook-timestamp": "1796126401"}, "not signed"),
        ({"webhook-signature": "v1,AAAA"}, "not signed"),
        ({"webhook-signature": ""}, "not signed"),
        ({"now": 1_796_126_400 + 301}, "too old"),
        ({"now": 1_796_126_400 - 301}, "too old"),
    ],
)
def test_what_was_changed_is_old_or_unsigned_is_refused(
    change: dict[str, Any], why: str, verify: Verify
) -> None:
    secret, got = message()
    now, body = change.pop("now", 1_796_126_400), change.pop("body", got.body)
    with pytest.raises(ValueError, match=why):
        verify(secret, {**got.headers, **change}, body, now)
    assert verify(secret, got.headers, got.body, 1_796_126_400) == "17"


def test_another_secret_and_another_version_do_not_verify(verify: Verify) -> None:
    secret, got = message()
    with pytest.raises(ValueError, match="not signed"):
        verify(new_secret(), got.headers, got.body, 1_796_126_400)
    other = {**got.headers, "webhook-signature": got.headers["webhook-signature"].replace("v1,", "v2,")}
    with pytest.raises(ValueError, match="not signed"):
        verify(secret, other, got.body, 1_796_126_400)


@pytest.mark.django_db
def test_for_a_day_both_secrets_verify_and_then_only_the_new_one(
    endpoint: WebhookEndpoint,
    owner: User,
    book: Callable[[], Booking],
    receiver: Receiver,
    verify: Verify,
    clock: Clock,
) -> None:
    old = endpoint.secret
    new = rotate_secret(endpoint, actor=owner, now=NOON).secret
    book()
    deliver_due(1)
    clock.shift(timedelta(days=1))
    book_later = NOON + timedelta(days=1)
    with time_machine.travel(book_later, tick=False):
        book()
        deliver_due(1)
    first, second = receiver.got
    assert len(first.headers["webhook-signature"].split()) == 2
    for secret in (old, new):
        assert verify(secret, first.headers, first.body, NOON.timestamp())
    assert verify(new, second.headers, second.body, book_later.timestamp())
    with pytest.raises(ValueError, match="not signed"):
        verify(old, second.headers, second.body, book_later.timestamp())
