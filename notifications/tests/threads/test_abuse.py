"""Blocks end the writing between two; reports go to the administrators, who keep or remove a post."""

import pytest
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from evbooking.core.errors import Invalid, NotFound, WrongState
from evbooking.core.models import AuditEntry
from notifications.errors import Blocked, Blocking
from notifications.models import Block, Notification, Post, PostReport, Side
from notifications.seats import Subject
from notifications.selectors.threads import post_facing, seat_in
from notifications.services.threads.blocking import block, unblock
from notifications.services.threads.reporting import dismiss_report, remove_post, report_post
from notifications.services.threads.writing import write_about
from notifications.tests.threads.conftest import Deliver, Write, told
from stations.models import Station

pytestmark = pytest.mark.django_db


def test_a_driver_blocks_an_operator_in_every_thread_and_may_still_book(
    ask: Write, answer: Write, booking: Booking, driver: User, staff: User
) -> None:
    thread = ask().thread_id
    block(seat_in(driver, thread), now=timezone.now())
    with pytest.raises(Blocked, match="Bookings are not affected"):
        answer(staff, thread)
    with pytest.raises(Blocking):
        ask("More")
    with pytest.raises(Blocking):
        write_about(
            Subject.of_station(booking.station, driver),
            author=driver,
            side=Side.DRIVER,
            body="Hello",
            now=timezone.now(),
        )
    assert Post.objects.count() == 1
    unblock(seat_in(driver, thread))
    answer(staff, thread)
    assert Post.objects.count() == 2


def test_an_operators_block_stands_until_the_operator_lifts_it(
    ask: Write, driver: User, staff: User, owner: User
) -> None:
    thread = ask().thread_id
    block(seat_in(staff, thread), now=timezone.now())
    unblock(seat_in(driver, thread))
    with pytest.raises(Blocked):
        ask("More")
    unblock(seat_in(owner, thread))
    assert ask("More").number == 2


def test_a_block_concerns_these_two_only(ask: Write, driver: User, staff: User, stranger: User) -> None:
    asked = ask()
    block(seat_in(staff, asked.thread_id), now=timezone.now())
    subject = Subject.of_station(asked.thread.station, stranger)
    write_about(subject, author=stranger, side=Side.DRIVER, body="Hello", now=timezone.now())
    assert Post.objects.count() == 2


def test_blocking_is_audited_and_twice_is_once(ask: Write, driver: User) -> None:
    seat = seat_in(driver, ask().thread_id)
    for _ in range(2):
        block(seat, now=timezone.now())
    unblock(seat)
    actions = AuditEntry.objects.filter(action__startswith="conversation.").order_by("id")
    assert [one.action for one in actions] == ["conversation.block", "conversation.unblock"]
    assert not Block.objects.exists()


def test_administrators_cannot_be_blocked(station: Station, staff: User, administrator: User) -> None:
    now = timezone.now()
    asked = write_about(
        Subject.of_approval(station), author=administrator, side=Side.ADMINISTRATOR, body="Why?", now=now
    )
    for person in (staff, administrator):
        with pytest.raises(WrongState, match="cannot be blocked"):
            block(seat_in(person, asked.thread_id), now=now)
    assert not Block.objects.exists()


@pytest.fixture
def report(ask: Write, answer: Write, driver: User, staff: User) -> PostReport:
    insult = answer(staff, ask().thread_id, "You are a fool")
    post, seat = post_facing(driver, insult.pk)
    return report_post(post, seat=seat, reason="It insults me.", now=timezone.now())


def test_a_report_is_made_once_and_every_administrator_is_told(
    report: PostReport, deliver: Deliver, administrator: User, driver: User
) -> None:
    post, seat = post_facing(driver, report.post_id)
    again = report_post(post, seat=seat, reason="Again", now=timezone.now())
    deliver()
    assert again == report
    [message] = told(administrator)
    assert (message.kind, message.path) == ("admin_report", f"/console/reports/{report.pk}/")
    assert "It insults me." in message.text


def test_nobody_reports_their_own_side_or_what_they_cannot_see(
    report: PostReport, staff: User, owner: User, stranger: User, administrator: User
) -> None:
    for person in (staff, owner, stranger, administrator):
        with pytest.raises(NotFound):
            post_facing(person, report.post_id)


def test_a_removed_post_is_gone_from_the_thread_and_from_every_message(
    report: PostReport, deliver: Deliver, administrator: User, driver: User
) -> None:
    deliver()
    assert len(told(driver)) == 1
    remove_post(report, actor=administrator, reason="An insult", now=timezone.now())
    post = Post.objects.get(pk=report.post_id)
    assert (post.body, post.emptied) == ("", "REMOVED")
    assert post.author is not None
    assert not told(driver)
    assert not Notification.objects.filter(data__icontains="fool").exists()
    entry = AuditEntry.objects.get(action="post.remove")
    assert (entry.actor, entry.target_id, entry.reason) == (administrator, str(post.pk), "An insult")
    assert "fool" not in str((entry.before, entry.after))


def test_a_message_that_quotes_others_as_well_keeps_them(
    ask: Write, deliver: Deliver, staff: User, driver: User, administrator: User
) -> None:
    ask("Good morning")
    deliver()
    bad = ask("You fool")
    deliver()
    post, seat = post_facing(staff, bad.pk)
    made = report_post(post, seat=seat, reason="An insult", now=timezone.now())
    remove_post(made, actor=administrator, reason="An insult", now=timezone.now())
    assert [one.text for one in told(staff)] == ["Dana D.: Good morning"]


def test_removing_decides_every_report_of_the_post(
    report: PostReport, administrator: User, ask: Write
) -> None:
    other = PostReport.objects.create(post=report.post, reason="Rude", created_at=timezone.now())
    remove_post(report, actor=administrator, reason="An insult", now=timezone.now())
    assert set(PostReport.objects.values_list("state", flat=True)) == {"REMOVED"}
    with pytest.raises(WrongState):
        dismiss_report(other, actor=administrator, reason="No", now=timezone.now())


def test_a_dismissed_report_leaves_the_post(report: PostReport, administrator: User) -> None:
    dismiss_report(report, actor=administrator, reason="It is true", now=timezone.now())
    assert Post.objects.get(pk=report.post_id).body == "You are a fool"
    assert report.state == "DISMISSED"
    with pytest.raises(WrongState):
        remove_post(report, actor=administrator, reason="No", now=timezone.now())
    assert Post.objects.get(pk=report.post_id).body == "You are a fool"


def test_a_decision_needs_its_reason(report: PostReport, administrator: User) -> None:
    for decide in (dismiss_report, remove_post):
        with pytest.raises(Invalid):
            decide(report, actor=administrator, reason=" ", now=timezone.now())
    report.refresh_from_db()
    assert report.state == "OPEN"
