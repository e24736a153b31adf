"""Twilio's callbacks: only signed ones, in any order, as often as they come."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from evbooking.core.models import DomainEvent
from notifications.models import Notification, PhoneNumber
from notifications.sandbox.callbacks import signature
from notifications.services.sending import send_due
from notifications.tests.conftest import PHONE, Tell, berlin
from notifications.tests.running import TOKEN, Running

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def served(live_server: LiveServer, sandbox: Running, settings: Any) -> Iterator[str]:
    """Our own address, where the sandbox reports to."""
    settings.PUBLIC_URL = live_server.url
    settings.ALLOWED_HOSTS = ["*"]
    sandbox.control("settings", inbound_url=f"{live_server.url}/notifications/twilio/inbound")
    with time_machine.travel(berlin("2026-12-01 12:00"), tick=False):
        yield live_server.url


def text() -> Notification:
    return Notification.objects.get(channel="sms")


def report(message: Notification, status: str, *, sid: str = "", **more: str) -> int:
    """One signed report, as if by Twilio; the status of our answer."""
    path = f"/notifications/twilio/status?message={message.pk}"
    form = {"MessageSid": sid or "SM1", "MessageStatus": status, "To": PHONE, **more}
    from django.conf import settings

    signed = signature(f"{settings.PUBLIC_URL}{path}", form, TOKEN)
    return int(Client().post(path, form, headers={"X-Twilio-Signature": signed}).status_code)


def test_the_sandbox_reports_each_step_to_us_and_the_message_is_delivered(
    served: str, reachable: User, say: Tell, sandbox: Running
) -> None:
    say(reachable)
    send_due("sms")
    sent = sandbox.control("callbacks/flush")["sent"]
    assert [(step["form"]["MessageStatus"], step["status"]) for step in sent] == [
        ("queued", 204),
        ("sent", 204),
        ("delivered", 204),
    ]
    assert (text().state, text().delivered_at) == ("DELIVERED", timezone.now())


def test_a_report_that_comes_late_moves_nothing_back(served: str, reachable: User, say: Tell) -> None:
    say(reachable)
    send_due("sms")
    sid = text().provider_id
    assert [report(text(), status, sid=sid) for status in ("delivered", "sent", "queued", "undelivered")] == [
        204
    ] * 4
    assert text().state == "DELIVERED"


def test_a_number_that_nobody_has_is_disabled_when_the_network_says_so(
    served: str, reachable: User, say: Tell, sandbox: Running
) -> None:
    say(reachable)
    send_due("sms")
    sandbox.fault("callback", match=PHONE, statuses=["sent", "undelivered"], code=30005)
    sandbox.control("callbacks/flush")
    assert (text().state, text().error, text().error_code) == ("FAILED", "nobody has it", "30005")
    assert PhoneNumber.objects.get(pk=PHONE).error == "nobody has it"
    assert DomainEvent.objects.filter(type="phone.disabled").count() == 1


def test_a_failure_that_may_pass_leaves_the_number_alone(
    served: str, reachable: User, say: Tell, sandbox: Running
) -> None:
    say(reachable)
    send_due("sms")
    sandbox.fault("callback", statuses=["undelivered"], code=30003)
    sandbox.control("callbacks/flush")
    assert (text().state, text().error) == ("FAILED", "Twilio says undelivered.")
    assert PhoneNumber.objects.get(pk=PHONE).disabled_at is None


def test_a_report_proves_that_a_message_was_sent_whose_sender_died(
    served: str, reachable: User, say: Tell
) -> None:
    say(reachable)
    Notification.objects.filter(channel="sms").update(state="SENDING", claimed_at=timezone.now(), attempts=1)
    assert report(text(), "sent", sid="SM2") == 204
    assert (text().state, text().provider_id, text().sent_at) == ("SENT", "SM2", timezone.now())


@pytest.mark.parametrize("token", ["wrong", ""])
def test_an_unsigned_report_is_refused(served: str, reachable: User, say: Tell, token: str) -> None:
    say(reachable)
    send_due("sms")
    path = f"/notifications/twilio/status?message={text().pk}"
    form = {"MessageSid": text().provider_id, "MessageStatus": "delivered", "To": PHONE}
    headers = {"X-Twilio-Signature": signature(f"{served}{path}", form, token)} if token else {}
    assert Client().post(path, form, headers=headers).status_code == 403
    assert text().state == "SENT"


def test_a_signature_does_not_fit_another_message(served: str, reachable: User, say: Tell) -> None:
    say(reachable)
    send_due("sms")
    form = {"MessageSid": text().provider_id, "MessageStatus": "delivered", "To": PHONE}
    signed = signature(f"{served}/notifications/twilio/status?message=other", form, TOKEN)
    path = f"/notifications/twilio/status?message={text().pk}"
    assert Client().post(path, form, headers={"X-Twilio-Signature": signed}).status_code == 403


def test_a_report_about_somebody_elses_message_is_not_found(served: str, reachable: User, say: Tell) -> None:
    say(reachable)
    send_due("sms")
    assert report(text(), "delivered", sid="SMother") == 404
    assert report(Notification(), "delivered") == 404
    assert text().state == "SENT"


def test_stop_and_start_are_heard(served: str, reachable: User, say: Tell, sandbox: Running) -> None:
    assert sandbox.control("answers", number=PHONE, body="Stop")["status"] == 200
    assert PhoneNumber.objects.get(pk=PHONE).opted_out_at is not None
    say(reachable)
    send_due("sms")
    assert (text().state, text().error) == ("SKIPPED", "The number has opted out.")
    sandbox.control("answers", number=PHONE, body="START")
    say(reachable, kind="booking_canceled", who="SYSTEM")
    send_due("sms")
    assert Notification.objects.get(channel="sms", kind="booking_canceled").state == "SENT"


def test_other_answers_change_nothing(served: str, sandbox: Running) -> None:
    sandbox.control("answers", number=PHONE, body="Stop at the harbour?")
    assert PhoneNumber.objects.get(pk=PHONE).opted_out_at is None
