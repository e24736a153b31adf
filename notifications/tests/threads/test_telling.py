"""Who is told of what is written: the other side, once, however much is written in a row."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts.models import User
from evbooking.core.models import DomainEvent
from notifications.models import Block, Notification, Side
from notifications.seats import Subject
from notifications.selectors.threads import seat_in
from notifications.services.sending import send_due
from notifications.services.threads.reading import mark_thread_read
from notifications.services.threads.writing import write_about
from notifications.subscribers_threads import tell_of_words
from notifications.tests.threads.conftest import Deliver, Write, told
from stations.models import Station

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_everybody_of_the_operator_is_told_once_and_the_author_is_not(
    ask: Write, deliver: Deliver, driver: User, owner: User, staff: User, administrator: User
) -> None:
    ask()
    deliver()
    for person in (owner, staff):
        assert [(one.kind, one.title.split(":")[0], one.text) for one in told(person)] == [
            ("owner_message", "Dana D. wrote to you", "Dana D.: Is there a code?")
        ]
        assert [one.state for one in told(person, "email")] == ["QUEUED"]
    assert not told(driver)
    assert not told(administrator)


def test_an_event_that_is_delivered_again_tells_nobody_again(
    ask: Write, deliver: Deliver, staff: User, owner: User
) -> None:
    ask()
    deliver()
    before = Notification.objects.count()
    tell_of_words(DomainEvent.objects.get(type="thread.posted"))
    assert Notification.objects.count() == before


def test_posts_in_a_row_are_one_mail_that_quotes_all_of_them(
    ask: Write, deliver: Deliver, staff: User, owner: User
) -> None:
    ask()
    deliver()
    ask("I arrive at noon.")
    deliver()
    [row] = told(staff)
    assert row.text == "Dana D.: I arrive at noon. (+1)"
    with time_machine.travel(timezone.now() + 3 * MINUTE):
        assert send_due("email") == 2
    [sent] = [one for one in mail.outbox if one.to == [staff.email]]
    assert "> Is there a code?\n>\n> I arrive at noon." in sent.body
    assert "/messages/by-link/" in sent.body


def test_after_the_mail_has_gone_the_next_post_is_a_message_of_its_own(
    ask: Write, deliver: Deliver, staff: User
) -> None:
    ask()
    deliver()
    later = timezone.now() + 3 * MINUTE
    with time_machine.travel(later):
        send_due("email")
        ask("Hello?")
        deliver()
    assert [one.text for one in told(staff)] == ["Dana D.: Is there a code?", "Dana D.: Hello?"]
    assert [one.state for one in told(staff, "email")] == ["SENT", "QUEUED"]


def test_what_was_read_before_the_mail_went_out_is_not_mailed(
    ask: Write, deliver: Deliver, staff: User, owner: User
) -> None:
    thread = ask().thread_id
    deliver()
    mark_thread_read(seat_in(staff, thread), number=1, now=timezone.now())
    [inbox], [email] = told(staff), told(staff, "email")
    assert inbox.read_at
    assert (email.state, email.error) == ("SKIPPED", "Read before it went out.")
    assert [one.state for one in told(owner, "email")] == ["QUEUED"]


def test_after_reading_the_next_post_is_told_anew(ask: Write, deliver: Deliver, staff: User) -> None:
    thread = ask().thread_id
    deliver()
    mark_thread_read(seat_in(staff, thread), number=1, now=timezone.now())
    ask("Hello?")
    deliver()
    assert [one.text for one in told(staff)] == ["Dana D.: Is there a code?", "Dana D.: Hello?"]


def test_what_was_read_before_the_event_arrived_is_told_to_nobody(
    ask: Write, deliver: Deliver, staff: User, owner: User
) -> None:
    thread = ask().thread_id
    mark_thread_read(seat_in(staff, thread), number=1, now=timezone.now())
    deliver()
    assert not told(staff)
    assert len(told(owner)) == 1


def test_who_answers_has_read(ask: Write, answer: Write, deliver: Deliver, staff: User, driver: User) -> None:
    thread = ask().thread_id
    deliver()
    answer(staff, thread)
    deliver()
    assert [one.read_at is None for one in told(staff)] == [False]
    assert [one.title.split(":")[0] for one in told(driver)] == ["Nordstrom Charging (Stina) wrote to you"]


def test_administrators_and_the_operator_are_told_of_an_approval(
    station: Station, deliver: Deliver, administrator: User, staff: User
) -> None:
    now, subject = timezone.now(), Subject.of_approval(station)
    write_about(subject, author=administrator, side=Side.ADMINISTRATOR, body="Which entrance?", now=now)
    write_about(subject, author=staff, side=Side.OPERATOR, body="The north one.", now=now)
    deliver()
    assert [one.kind for one in told(administrator)] == ["admin_message"]
    assert (
        told(administrator)[0].title
        == f"Nordstrom Charging (Stina) wrote about the approval of {station.name}"
    )
    assert not told(staff), "who answers has read the question"


def test_whoever_blocked_meanwhile_is_not_told(
    ask: Write, deliver: Deliver, staff: User, driver: User
) -> None:
    thread = ask().thread
    Block.objects.create(driver=driver, operator=thread.operator, by=Side.OPERATOR, created_at=timezone.now())
    deliver()
    assert not told(staff)


def test_html_and_headers_in_a_post_are_harmless_in_its_mail(
    ask: Write, deliver: Deliver, staff: User, driver: User
) -> None:
    User.objects.filter(pk=driver.pk).update(name="Dana Bcc:all@example.org")
    ask('<img src=x onerror="alert(1)">\r\nSubject: You won\r\n\r\n-- \r\nhttps://evil.example')
    deliver()
    with time_machine.travel(timezone.now() + 3 * MINUTE):
        send_due("email")
    sent = next(one for one in mail.outbox if one.to == [staff.email])
    assert set(sent.extra_headers) & {"Bcc", "bcc"} == set()
    assert "\n" not in sent.subject
    html = str(sent.alternatives[0][0])  # type: ignore[attr-defined]
    assert "<img" not in html
    assert "&lt;img" in html
    assert "\n> Subject: You won\n>\n> --\n> https://evil.example\n" in sent.body
