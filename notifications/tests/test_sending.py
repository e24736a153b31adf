"""Sending, to real servers: each message once, whatever goes wrong on the way."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from evbooking.core.models import DomainEvent
from notifications.models import Device, Notification, PhoneNumber
from notifications.selectors import failed_lately
from notifications.services import sending
from notifications.services.preferences import set_preferences
from notifications.services.sending import MAX_ATTEMPTS, retry_delay, send_due
from notifications.tests.conftest import PHONE, Tell, berlin
from notifications.tests.running import SERVICE, Running
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
NOON = berlin("2026-12-01 12:00")
RESERVED = "Your slot at Harbour is reserved: Tue 1 Dec 13:00-14:00, charge point 3. Booking ABCDEFGH."


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def message(channel: str) -> Notification:
    return Notification.objects.get(channel=channel)


def states() -> dict[str, str]:
    return dict(Notification.objects.values_list("channel", "state"))


def test_one_booking_arrives_as_mail_text_and_push_and_in_the_inbox(
    reachable: User, say: Tell, sandbox: Running
) -> None:
    say(reachable)
    assert [send_due(channel) for channel in ("email", "sms", "push")] == [1, 1, 1]
    got = sandbox.received()
    assert [(mail["to"], mail["subject"]) for mail in got["mails"]] == [
        ("driver@example.com", "Reserved: Harbour, Tue 1 Dec 13:00–14:00")
    ]
    assert [(text["to"], text["body"], text["messaging_service_sid"]) for text in got["texts"]] == [
        (
            PHONE,
            f"{RESERVED} http://localhost:8000/bookings/ABCDEFGH/",
            SERVICE,
        )
    ]
    assert [(push["title"], push["url"], push["tag"]) for push in got["pushes"]] == [
        ("Reserved: Harbour, Tue 1 Dec 13:00–14:00", "/bookings/ABCDEFGH/", str(message("push").pk))
    ]
    assert states() == {"inbox": "DELIVERED", "email": "SENT", "sms": "SENT", "push": "DELIVERED"}
    sent = message("sms")
    assert (sent.address, sent.provider_id, sent.segments) == (PHONE, got["texts"][0]["sid"], 1)
    assert [send_due(channel) for channel in ("email", "sms", "push")] == [0, 0, 0]


def test_a_mail_can_be_stopped_with_one_click(reachable: User, say: Tell, sandbox: Running) -> None:
    say(reachable)
    send_due("email")
    headers = dict(sandbox.received()["mails"][0]["headers"])
    assert headers["List-Unsubscribe"].strip().startswith("<http://localhost:8000/notifications/unsubscribe/")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Message-ID"] == f"<{message('email').pk}@localhost>"


def test_what_must_be_known_cannot_be_stopped(reachable: User, say: Tell, sandbox: Running) -> None:
    say(reachable, kind="payment_failed", amount={"amount": "5.50", "currency": "EUR"})
    send_due("email")
    assert "List-Unsubscribe" not in dict(sandbox.received()["mails"][0]["headers"])


@pytest.mark.parametrize(
    ("channel", "fault"),
    [
        ("email", {"target": "mail", "code": 451}),
        ("sms", {"target": "text", "status": 503, "code": 20500}),
        ("sms", {"target": "text", "status": 429, "code": 20429}),
        ("push", {"target": "push", "code": 503}),
    ],
)
def test_a_provider_in_trouble_is_asked_again_later(
    channel: str, fault: dict[str, Any], reachable: User, say: Tell, sandbox: Running, _noon: Any
) -> None:
    say(reachable)
    sandbox.fault(**fault)
    assert send_due(channel) == 1
    waiting = message(channel)
    assert (waiting.state, waiting.attempts) == ("QUEUED", 1)
    assert waiting.due_at > timezone.now()
    assert send_due(channel) == 0
    _noon.shift(timedelta(seconds=10))
    assert send_due(channel) == 1
    assert message(channel).state in {"SENT", "DELIVERED"}
    assert message(channel).error == ""


@pytest.mark.parametrize(
    ("channel", "fault", "code"),
    [
        ("email", {"target": "mail", "code": 550}, "550"),
        ("sms", {"target": "text", "status": 400, "code": 30007}, "30007"),
        ("push", {"target": "push", "code": 413}, "413"),
    ],
)
def test_a_refusal_for_good_is_not_tried_again(
    channel: str, fault: dict[str, Any], code: str, reachable: User, say: Tell, sandbox: Running, _noon: Any
) -> None:
    say(reachable)
    sandbox.fault(**fault)
    send_due(channel)
    failed = message(channel)
    assert (failed.state, failed.error_code) == ("FAILED", code)
    _noon.shift(timedelta(hours=1))
    assert send_due(channel) == 0


def test_after_many_attempts_it_is_given_up(reachable: User, say: Tell, sandbox: Running, _noon: Any) -> None:
    say(reachable, kind="receipt", document="RECEIPT")
    sandbox.fault("mail", code=451, times=MAX_ATTEMPTS)
    for _ in range(MAX_ATTEMPTS):
        assert send_due("email") == 1
        _noon.shift(timedelta(hours=1))
    assert send_due("email") == 0
    assert (message("email").state, message("email").attempts) == ("FAILED", MAX_ATTEMPTS)
    assert sandbox.received()["mails"] == []


@pytest.mark.parametrize(("attempts", "most"), [(1, 5), (2, 10), (5, 80), (10, 1800), (60, 1800)])
def test_the_wait_doubles_up_to_half_an_hour(attempts: int, most: int) -> None:
    assert timedelta(seconds=most / 2) <= retry_delay(attempts) <= timedelta(seconds=most)


def test_without_a_mail_server_everything_waits(
    reachable: User, say: Tell, sandbox: Running, settings: Any
) -> None:
    settings.EMAIL_PORT = 1
    say(reachable)
    assert send_due("email") == 1
    assert states()["email"] == "QUEUED"


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        ("+15005550009", "21614", "it is no mobile number"),
        ("+15005550001", "21211", "it is no valid number"),
    ],
)
def test_a_number_that_can_never_be_reached_is_disabled_and_its_owner_told(
    number: str, code: str, words: str, reachable: User, say: Tell, sandbox: Running, settings: Any
) -> None:
    settings.SMS_COUNTRIES = ["US", "DE", None]
    User.objects.filter(pk=reachable.pk).update(phone=number)
    reachable.refresh_from_db()
    say(reachable)
    send_due("sms")
    assert (message("sms").state, message("sms").error_code) == ("FAILED", code)
    phone = PhoneNumber.objects.get(pk=number)
    assert (phone.error, phone.error_code, phone.disabled_at is not None) == (words, code, True)
    told = DomainEvent.objects.get(type="phone.disabled")
    assert (told.data["user_id"], told.data["number"]) == (str(reachable.pk), number)
    say(
        reachable,
        kind="booking_changed",
        before={"start": "2026-12-01T12:00:00Z", "end": "2026-12-01T13:00:00Z"},
    )
    send_due("sms")
    later = Notification.objects.get(channel="sms", kind="booking_changed")
    assert (later.state, later.error) == ("SKIPPED", f"The number takes no text messages: {words}")


def test_an_opt_out_that_twilio_knows_of_is_kept(
    reachable: User, say: Tell, sandbox: Running, settings: Any
) -> None:
    sandbox.control("answers", number=PHONE, body="Stop")
    say(reachable)
    send_due("sms")
    assert message("sms").error_code == "21610"
    phone = PhoneNumber.objects.get(pk=PHONE)
    assert (phone.opted_out_at is not None, phone.disabled_at) == (True, None)
    assert not DomainEvent.objects.filter(type="phone.disabled").exists()


def test_no_text_goes_to_a_country_that_is_not_on_the_list(
    reachable: User, say: Tell, sandbox: Running, settings: Any
) -> None:
    settings.SMS_COUNTRIES = ["GB"]
    say(reachable)
    send_due("sms")
    assert (message("sms").state, message("sms").error) == ("FAILED", "No text messages go to DE.")
    assert sandbox.received()["texts"] == []


def test_a_person_gets_only_so_many_texts_a_day(
    reachable: User, say: Tell, sandbox: Running, settings: Any, _noon: Any
) -> None:
    settings.SMS_DAILY_CAP = 2
    for _ in range(3):
        say(reachable, kind="booking_canceled", who="SYSTEM")
    send_due("sms")
    found = Notification.objects.filter(channel="sms").order_by("state")
    assert [one.state for one in found] == ["SENT", "SENT", "SKIPPED"]
    assert found[2].error == "More than 2 text messages in a day."
    _noon.shift(timedelta(days=1, seconds=1))
    say(reachable, kind="booking_canceled", who="SYSTEM")
    send_due("sms")
    assert len(sandbox.received()["texts"]) == 3


def test_where_nobody_can_answer_each_text_carries_a_link_that_stops(
    reachable: User, say: Tell, sandbox: Running, settings: Any
) -> None:
    settings.SMS_REPLIES = False
    say(reachable)
    send_due("sms")
    code = PhoneNumber.objects.get(pk=PHONE).code
    assert sandbox.received()["texts"][0]["body"].endswith(f"\nStop: http://localhost:8000/n/{code}/")


def test_a_browser_that_is_gone_is_forgotten(reachable: User, say: Tell, sandbox: Running) -> None:
    sandbox.control("everything", method="DELETE")
    say(reachable)
    send_due("push")
    assert (message("push").state, message("push").error) == ("FAILED", "No device takes messages any more.")
    assert not Device.objects.exists()


def test_what_has_lost_its_use_is_not_sent(reachable: User, say: Tell, sandbox: Running, _noon: Any) -> None:
    say(reachable, kind="slot_ready")
    _noon.shift(timedelta(hours=1))
    send_due("push")
    assert (message("push").state, message("push").error) == ("SKIPPED", "It would have come too late.")
    assert sandbox.received()["pushes"] == []


def test_the_urgent_goes_before_an_announcement_to_many(
    reachable: User, say: Tell, sandbox: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "BATCH", 1)
    crowd = [make_user() for _ in range(3)]
    say(*crowd, bulk=True)
    say(reachable)
    say(reachable, kind="booking_canceled", who="OPERATOR")
    for _ in range(2):
        send_due("email")
    assert [mail["subject"].split(":")[0] for mail in sandbox.received()["mails"]] == ["Reserved", "Canceled"]
    assert {mail["to"] for mail in sandbox.received()["mails"]} == {"driver@example.com"}


def test_a_digest_is_one_mail_in_the_morning(
    reachable: User, say: Tell, sandbox: Running, _noon: Any
) -> None:
    set_preferences(reachable, switches={}, digest=True)
    say(reachable)
    say(reachable, kind="booking_pending", answer_by="2026-12-01T12:00:00Z")
    say(reachable, kind="booking_canceled", who="OPERATOR")
    send_due("email")
    assert [mail["subject"].split(":")[0] for mail in sandbox.received()["mails"]] == ["Canceled"]
    _noon.move_to(berlin("2026-12-02 08:00"))
    assert send_due("email") == 2
    digest = sandbox.received()["mails"][0]
    assert digest["subject"] == "2 news from evbooking"
    assert "Reserved: Harbour" in digest["text"]
    assert "Waiting for the operator: Harbour" in digest["text"]
    assert len(sandbox.received()["mails"]) == 2
    assert set(Notification.objects.filter(channel="email").values_list("state", flat=True)) == {"SENT"}


def test_a_digest_is_one_mail_however_many_others_get_theirs_and_however_often_it_is_tried(
    sandbox: Running, say: Tell, _noon: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "BATCH", 3)
    people = [make_user() for _ in range(4)]
    for person in people:
        set_preferences(person, switches={}, digest=True)
    for _ in range(3):
        say(*people)
    _noon.move_to(berlin("2026-12-02 08:00"))
    sandbox.fault("mail", code=451, times=2)
    for _ in range(3):
        while send_due("email"):
            pass
        _noon.shift(timedelta(seconds=10))
    mails = sandbox.received()["mails"]
    assert sorted(mail["to"] for mail in mails) == sorted(person.email for person in people)
    assert {mail["subject"] for mail in mails} == {"3 news from evbooking"}


@pytest.mark.parametrize("channel", ["sms", "push"])
def test_what_is_late_waits_for_the_morning_where_its_recipient_sleeps_by_now(
    channel: str, reachable: User, say: Tell, sandbox: Running, _noon: Any
) -> None:
    """Due before ten at night, but the provider, or the relay, was down."""
    _noon.move_to(berlin("2026-12-01 21:59"))
    say(reachable)
    say(reachable, kind="booking_canceled", who="OPERATOR")
    _noon.move_to(berlin("2026-12-02 01:30"))
    send_due(channel)
    reserved = Notification.objects.get(channel=channel, kind="booking_reserved")
    assert (reserved.state, reserved.due_at, reserved.attempts) == ("QUEUED", berlin("2026-12-02 07:00"), 0)
    urgent = Notification.objects.get(channel=channel, kind="booking_canceled")
    assert urgent.state in {"SENT", "DELIVERED"}
    _noon.move_to(berlin("2026-12-02 07:00"))
    assert send_due(channel) == 1
    reserved.refresh_from_db()
    assert reserved.state in {"SENT", "DELIVERED"}


def test_what_is_late_and_of_no_use_in_the_morning_is_dropped(
    reachable: User, say: Tell, sandbox: Running, _noon: Any
) -> None:
    _noon.move_to(berlin("2026-12-01 21:59"))
    say(reachable, kind="hold_expired")
    _noon.move_to(berlin("2026-12-01 22:30"))
    send_due("push")
    assert (message("push").state, message("push").error) == ("SKIPPED", "It would have come too late.")
    assert sandbox.received()["pushes"] == []


@pytest.mark.parametrize("code", [503, 403])
def test_a_browser_in_trouble_keeps_no_other_from_being_told_and_none_is_told_twice(
    code: int, reachable: User, say: Tell, sandbox: Running, _noon: Any
) -> None:
    second = sandbox.control("devices", id="e" * 32)
    Device.objects.create(user=reachable, name="Phone", **second)
    say(reachable)
    sandbox.fault("push", code=code)
    send_due("push")
    assert (message("push").state, message("push").address) == ("DELIVERED", "Phone")
    _noon.shift(timedelta(hours=1))
    assert send_due("push") == 0
    assert len(sandbox.received()["pushes"]) == 1


def test_what_is_given_up_after_hours_of_trying_counts_as_failed_now(
    reachable: User, say: Tell, sandbox: Running, _noon: Any
) -> None:
    say(reachable)
    sandbox.fault("mail", code=451, times=MAX_ATTEMPTS)
    for _ in range(MAX_ATTEMPTS):
        _noon.shift(timedelta(hours=1))
        send_due("email")
    assert message("email").state == "FAILED"
    assert failed_lately() == 1
    _noon.shift(timedelta(hours=1, seconds=1))
    assert failed_lately() == 0
