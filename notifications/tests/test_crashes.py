"""Senders, providers and answers that die in the middle: nothing is lost, and nothing arrives twice."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections, transaction
from django.utils import timezone

from accounts.models import User
from evbooking.core.relay import relay
from notifications.channels.sms import SmsSender
from notifications.models import Notification
from notifications.services import sending
from notifications.services.claiming import HELD_FOR, LEASE
from notifications.services.sending import send_due
from notifications.tests.conftest import PHONE, Tell, berlin
from notifications.tests.running import Running
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
NOON = berlin("2026-12-01 12:00")


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def die_in_a_child(work: Callable[[], object]) -> None:
    """Run it in a process of its own that is killed before it ends."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


def kill_oneself(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("channel", ["email", "sms", "push"])
def test_a_sender_killed_before_it_calls_leaves_the_message_to_the_next(
    channel: str, reachable: User, say: Tell, sandbox: Running, _noon: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(reachable)
    with monkeypatch.context() as patch:
        patch.setattr(sending, "_send", kill_oneself)
        die_in_a_child(lambda: send_due(channel))
    assert Notification.objects.get(channel=channel).state == "SENDING"
    assert send_due(channel) == 0
    _noon.shift(LEASE + timedelta(seconds=1))
    assert send_due(channel) == 1
    assert [len(kind) for kind in sandbox.received().values()].count(1) == 1
    assert Notification.objects.get(channel=channel).state in {"SENT", "DELIVERED"}


@pytest.mark.parametrize("channel", ["email", "sms", "push"])
def test_a_sender_killed_before_it_hears_the_answer_sends_nothing_twice(
    channel: str, reachable: User, say: Tell, sandbox: Running, _noon: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twilio is asked what it has; a mailbox and a push service keep one of two with the same identity."""
    say(reachable)
    with time_machine.travel(timezone.now(), tick=False), monkeypatch.context() as patch:
        patch.setattr(sending, "_accept", kill_oneself)
        die_in_a_child(lambda: send_due(channel))
    before = sandbox.received()
    Notification.objects.filter(channel=channel).update(claimed_at=berlin("2026-01-01 12:00"))
    while send_due(channel):
        pass
    assert {kind: len(got) for kind, got in sandbox.received().items()} == {
        kind: len(got) for kind, got in before.items()
    }
    assert Notification.objects.get(channel=channel).state in {"SENT", "DELIVERED"}


def test_a_text_whose_answer_was_lost_is_found_and_not_sent_again(
    reachable: User, say: Tell, sandbox: Running, _noon: Any
) -> None:
    say(reachable)
    claimed = Notification.objects.get(channel="sms")
    with SmsSender() as sender:
        accepted = sender.send([Notification.objects.select_related("recipient").get(pk=claimed.pk)])
    long_ago = berlin("2026-01-01 12:00")
    Notification.objects.filter(pk=claimed.pk).update(state="SENDING", claimed_at=long_ago, attempts=1)
    assert send_due("sms") == 0
    found = Notification.objects.get(pk=claimed.pk)
    assert (found.state, found.provider_id, found.segments) == ("SENT", accepted.provider_id, 1)
    assert len(sandbox.received()["texts"]) == 1


def test_an_answer_that_says_failure_after_the_work_does_not_send_a_mail_twice(
    reachable: User, say: Tell, sandbox: Running, _noon: Any
) -> None:
    say(reachable)
    sandbox.fault("mail-answer", code=451)
    send_due("email")
    assert Notification.objects.get(channel="email").state == "QUEUED"
    _noon.shift(timedelta(seconds=10))
    send_due("email")
    mails = sandbox.received()["mails"]
    assert [(mail["to"], mail["times"]) for mail in mails] == [("driver@example.com", 2)]


def test_a_text_that_twilio_took_and_answered_with_an_error_is_not_sent_again(
    reachable: User, say: Tell, sandbox: Running, _noon: Any
) -> None:
    say(reachable)
    Notification.objects.update(created_at=berlin("2026-01-01 12:00"))  # the sandbox's clock is the real one
    sandbox.fault("text", status=503, code=20500, after=True)
    send_due("sms")
    assert Notification.objects.get(channel="sms").state == "QUEUED"
    _noon.shift(timedelta(seconds=10))
    assert send_due("sms") == 1
    [text] = sandbox.received()["texts"]
    found = Notification.objects.get(channel="sms")
    assert (found.state, found.provider_id, found.segments) == ("SENT", text["sid"], 1)


def test_a_text_that_says_the_same_as_one_that_was_sent_is_sent(
    reachable: User, say: Tell, sandbox: Running, _noon: Any
) -> None:
    """What is found at the provider may be another message with the same words."""
    for _ in range(2):
        say(reachable, kind="payment_failed", amount={"amount": "5.50", "currency": "EUR"})
    Notification.objects.update(created_at=berlin("2026-01-01 12:00"))
    sandbox.fault("text", status=503, code=20500)
    send_due("sms")
    assert Notification.objects.filter(channel="sms", state="SENT").count() == 1
    _noon.shift(timedelta(seconds=10))
    send_due("sms")
    assert len({text["sid"] for text in sandbox.received()["texts"]}) == 2
    assert len(set(Notification.objects.filter(channel="sms").values_list("provider_id", flat=True))) == 2


def test_a_slow_sender_sends_nothing_that_somebody_else_may_have_taken_up(
    sandbox: Running, say: Tell, _noon: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first text takes so long that the claims on the others run out, and another process looks."""
    people = [make_user(phone=f"+4915112345{number:03}") for number in range(3)]
    say(*people)
    accept = sending._accept

    def slowly(message: Notification, accepted: Any) -> None:
        accept(message, accepted)
        monkeypatch.setattr(sending, "_accept", accept)
        _noon.shift(LEASE + timedelta(seconds=1))
        while send_due("sms"):
            pass

    monkeypatch.setattr(sending, "_accept", slowly)
    send_due("sms")
    while send_due("sms"):
        pass
    assert sorted(text["to"] for text in sandbox.received()["texts"]) == [str(each.phone) for each in people]
    assert set(Notification.objects.filter(channel="sms").values_list("state", flat=True)) == {"SENT"}


def test_what_a_slow_sender_gives_back_costs_it_no_try(
    sandbox: Running, say: Tell, _noon: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [make_user(phone=f"+4915112345{number:03}") for number in range(2)]
    say(*people)
    accept = sending._accept

    def slowly(message: Notification, accepted: Any) -> None:
        accept(message, accepted)
        _noon.shift(HELD_FOR)

    monkeypatch.setattr(sending, "_accept", slowly)
    assert send_due("sms") == 2
    texts = Notification.objects.filter(channel="sms").order_by("state")
    assert [(one.state, one.attempts) for one in texts] == [("QUEUED", 0), ("SENT", 1)]
    assert send_due("sms") == 1
    assert len(sandbox.received()["texts"]) == 2


def test_several_senders_at_once_send_each_message_once(sandbox: Running, say: Tell) -> None:
    people = [make_user(phone=f"+4915112345{number:03}") for number in range(60)]
    say(*people)
    connections.close_all()
    children = []
    for _ in range(3):
        child = os.fork()
        if child == 0:
            for channel in ("email", "sms"):
                while send_due(channel):
                    pass
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
    got = sandbox.received()
    assert sorted(mail["to"] for mail in got["mails"]) == sorted(user.email for user in people)
    assert {mail["times"] for mail in got["mails"]} == {1}
    assert sorted(text["to"] for text in got["texts"]) == sorted(str(user.phone) for user in people)
    assert set(Notification.objects.values_list("state", flat=True)) == {"SENT", "DELIVERED"}


def test_a_relay_killed_while_it_tells_writes_all_or_nothing(
    reachable: User, sandbox: Running, say: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evbooking.core import events

    with transaction.atomic():
        data = {"user_id": reachable.pk, "browser": "Firefox"}
        events.publish("sign_in.new_device", subject=f"user:{reachable.pk}", data=data, now=timezone.now())
    with monkeypatch.context() as patch:
        patch.setattr("notifications.services.telling.wake_after_commit", kill_oneself)
        die_in_a_child(relay)
    assert not Notification.objects.exists()
    relay()
    relay()
    told = Notification.objects.values_list("channel", "kind", "recipient")
    assert sorted(told) == [(channel, "new_device", reachable.pk) for channel in ("email", "inbox", "push")]
    assert str(reachable.phone) == PHONE
