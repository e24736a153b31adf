"""What a person wrote is in their export, and goes with them; their place in the thread stays."""

import pytest
from django.utils import timezone

from accounts.errors import OpenBookings
from accounts.models import User
from accounts.services.profile import delete_account, export_data
from bookings.models import Booking
from notifications.models import Block, Notification, Post, PostReport, ReadMark
from notifications.seats import writer_of
from notifications.selectors.threads import post_facing, posts_of, seat_in
from notifications.services.threads.blocking import block
from notifications.services.threads.reporting import report_post
from notifications.tests.threads.conftest import Deliver, Write, told

pytestmark = pytest.mark.django_db


def test_the_export_has_what_one_wrote_and_nothing_of_others(
    ask: Write, answer: Write, staff: User, booking: Booking
) -> None:
    answer(staff, ask().thread_id)
    [mine] = export_data(booking.driver, now=timezone.now())["posts"]
    assert (mine["body"], mine["side"], mine["booking__reference"]) == (
        "Is there a code?",
        "driver",
        booking.reference,
    )


def test_who_leaves_leaves_empty_places_and_is_quoted_nowhere(
    ask: Write, answer: Write, deliver: Deliver, staff: User, driver: User, booking: Booking
) -> None:
    thread = ask("My number is 555").thread_id
    answered = answer(staff, thread)
    deliver()
    post, seat = post_facing(driver, answered.pk)
    report_post(post, seat=seat, reason="555 is mine", now=timezone.now())
    block(seat, now=timezone.now())
    Booking.objects.update(status="CANCELED")
    delete_account(driver, actor=driver, now=timezone.now())
    mine = Post.objects.get(number=1)
    assert (mine.body, mine.emptied, mine.author) == ("", "ERASED", None)
    assert Post.objects.get(number=2).body == "It is 4711."
    reader = seat_in(staff, thread)
    assert [writer_of(one, reader) for one in posts_of(reader.thread)] == ["A driver who has left", "You"]
    assert not Notification.objects.filter(data__icontains="555").exists()
    assert [one.kind for one in told(staff)] == []
    assert (PostReport.objects.get().reporter, PostReport.objects.get().reason) == (None, "")
    assert not Block.objects.exists()
    assert not ReadMark.objects.filter(user=driver).exists()


def test_who_may_not_leave_keeps_their_words(ask: Write, driver: User, booking: Booking) -> None:
    ask()
    with pytest.raises(OpenBookings):
        delete_account(driver, actor=driver, now=timezone.now())
    assert Post.objects.get().body == "Is there a code?"
