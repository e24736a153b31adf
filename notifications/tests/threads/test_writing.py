"""Who writes to whom: scoped seats, one thread of each, posts that stay as they are."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Membership, Operator, User
from bookings.models import Booking
from evbooking.core.errors import Invalid, NotFound, RateLimited
from evbooking.core.models import DomainEvent
from notifications.errors import NobodyThere
from notifications.models import Post, Side, Thread
from notifications.seats import Subject, side_name, writer_of
from notifications.selectors.threads import (
    posts_of,
    seat_in,
    threads_of_administrators,
    threads_of_driver,
    threads_of_operators,
)
from notifications.services.threads.reading import mark_thread_read
from notifications.services.threads.writing import post, write_about
from notifications.tests.threads.conftest import Write
from stations.models import Station
from tests.factories import make_station

pytestmark = pytest.mark.django_db


def test_a_question_and_its_answer_are_one_thread_in_order(
    ask: Write, answer: Write, booking: Booking, staff: User
) -> None:
    asked = ask()
    answer(staff, asked.thread_id)
    ask("Thank you.")
    thread = Thread.objects.get()
    assert (thread.about, thread.booking, thread.driver) == ("booking", booking, booking.driver)
    assert [(one.number, one.side, one.body) for one in posts_of(thread)] == [
        (1, "driver", "Is there a code?"),
        (2, "operator", "It is 4711."),
        (3, "driver", "Thank you."),
    ]
    assert thread.last_number == 3


def test_everybody_of_the_operator_has_a_seat_and_nobody_else(
    ask: Write, owner: User, staff: User, stranger: User, rival: User, administrator: User
) -> None:
    thread = ask().thread_id
    assert [seat_in(person, thread).side for person in (owner, staff)] == [Side.OPERATOR, Side.OPERATOR]
    for person in (stranger, rival, administrator):
        with pytest.raises(NotFound):
            seat_in(person, thread)


def test_who_leaves_the_operator_or_is_closed_has_no_seat_any_more(
    ask: Write, staff: User, driver: User
) -> None:
    thread = ask().thread_id
    Membership.objects.filter(user=staff).delete()
    driver.is_active = False
    for person in (staff, driver):
        with pytest.raises(NotFound):
            seat_in(person, thread)


def test_an_approval_is_between_the_operator_and_every_administrator(
    station: Station, administrator: User, staff: User, driver: User
) -> None:
    subject = Subject.of_approval(station)
    now = timezone.now()
    written = write_about(subject, author=staff, side=Side.OPERATOR, body="Why not?", now=now)
    assert seat_in(administrator, written.thread_id).side == Side.ADMINISTRATOR
    assert [one.pk for one in threads_of_administrators(administrator)] == [written.thread_id]
    assert not threads_of_administrators(driver)
    with pytest.raises(NotFound):
        seat_in(driver, written.thread_id)


def test_lists_hold_ones_own_and_count_what_is_new(
    ask: Write, answer: Write, driver: User, staff: User, stranger: User, rival: User
) -> None:
    asked = ask()
    answer(staff, asked.thread_id)
    answer(staff, asked.thread_id, "By the gate.")
    [mine] = threads_of_driver(driver)
    assert (mine.unread, mine.last_words, mine.last_side) == (2, "By the gate.", "operator")
    assert [one.unread for one in threads_of_operators(staff)] == [0]
    assert not threads_of_driver(stranger)
    assert not threads_of_operators(rival)
    mark_thread_read(seat_in(driver, asked.thread_id), number=2, now=timezone.now())
    assert [one.unread for one in threads_of_driver(driver)] == [1]


def test_a_driver_has_one_thread_with_a_station_and_one_about_each_booking(
    ask: Write, station: Station, driver: User, stranger: User
) -> None:
    ask()
    now = timezone.now()
    for person in (driver, driver, stranger):
        write_about(
            Subject.of_station(station, person), author=person, side=Side.DRIVER, body="Hello", now=now
        )
    assert Thread.objects.filter(about="station").count() == 2
    assert Thread.objects.count() == 3


def test_an_event_says_where_was_written_but_not_what(ask: Write, driver: User) -> None:
    asked = ask("My number is 555")
    event = DomainEvent.objects.get(type="thread.posted")
    assert (event.subject, event.data["post_id"]) == (f"thread:{asked.thread_id}", str(asked.pk))
    assert asked.event_id == event.pk
    assert "555" not in str(event.data)


@pytest.mark.parametrize("body", ["", "  \n ", "\x00\x07", "\u200b\u2060"])
def test_nothing_is_not_written(body: str, ask: Write) -> None:
    with pytest.raises(Invalid, match=r"Write something\."):
        ask(body)
    assert not Thread.objects.exists()


def test_a_text_that_is_too_long_is_not_written(ask: Write) -> None:
    with pytest.raises(Invalid) as refused:
        ask("x" * 4001)
    assert refused.value.code == "too_long_text"
    assert not Thread.objects.exists()
    assert len(ask("x" * 4000).body) == 4000


def test_nobody_writes_to_who_has_left(ask: Write, answer: Write, driver: User, staff: User) -> None:
    thread = ask().thread_id
    User.objects.filter(pk=driver.pk).update(is_active=False)
    with pytest.raises(NobodyThere):
        answer(staff, thread)
    assert Post.objects.count() == 1


def test_a_post_is_neither_reworded_nor_taken_out(ask: Write, staff: User) -> None:
    written = ask()
    for change in ({"body": "Other words"}, {"number": 7}, {"author": staff}, {"side": "operator"}):
        with pytest.raises(IntegrityError, match="it can only be emptied"), transaction.atomic():
            Post.objects.filter(pk=written.pk).update(**change)
    with pytest.raises(IntegrityError, match="it can only be emptied"), transaction.atomic():
        Post.objects.filter(pk=written.pk).delete()
    written.refresh_from_db()
    assert (written.body, written.number, written.side) == ("Is there a code?", 1, "driver")


def test_without_the_trigger_a_post_would_be_reworded(ask: Write) -> None:
    written = ask()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE notifications_post DISABLE TRIGGER post_append_only")
    assert Post.objects.filter(pk=written.pk).update(body="Other words") == 1


def test_drivers_read_the_operators_name_and_a_first_name_and_never_an_address(
    ask: Write, answer: Write, driver: User, staff: User, owner: User, operator: Operator
) -> None:
    thread = ask().thread_id
    posts = [answer(staff, thread), answer(owner, thread)]
    User.objects.filter(pk=owner.pk).update(name="")
    for one in posts:
        one.author.refresh_from_db()
    mine, theirs = seat_in(driver, thread), seat_in(staff, thread)
    assert [writer_of(one, mine) for one in posts] == ["Nordstrom Charging (Stina)", "Nordstrom Charging"]
    assert [writer_of(one, theirs) for one in posts_of(mine.thread)] == [
        "Dana D.",
        "You",
        "Nordstrom Charging",
    ]
    assert side_name(mine.thread, Side.DRIVER, None, reader=Side.OPERATOR) == "A driver who has left"


def test_too_many_posts_are_refused_and_none_is_kept(ask: Write, settings: Settings) -> None:
    settings.EVB_RATE_LIMITS = settings.EVB_RATE_LIMITS | {"posts_thread": (3, 600)}
    for number in range(3):
        ask(f"Number {number}")
    with pytest.raises(RateLimited):
        ask("One more")
    assert Post.objects.count() == 3


def test_too_many_new_threads_are_refused_while_old_ones_go_on(
    ask: Write, driver: User, operator: Operator, settings: Settings
) -> None:
    settings.EVB_RATE_LIMITS = settings.EVB_RATE_LIMITS | {"threads_person": (2, 86400)}
    now = timezone.now()
    subjects = [Subject.of_station(make_station(operator), driver) for _ in range(3)]
    for subject in subjects[:2]:
        write_about(subject, author=driver, side=Side.DRIVER, body="Hello", now=now)
    with pytest.raises(RateLimited):
        write_about(subjects[2], author=driver, side=Side.DRIVER, body="Hello", now=now)
    write_about(subjects[0], author=driver, side=Side.DRIVER, body="Still there?", now=now)
    assert (Thread.objects.count(), Post.objects.count()) == (2, 3)


def test_a_seat_in_no_thread_does_not_exist(driver: User) -> None:
    with pytest.raises(NotFound):
        seat_in(driver, uuid4())


def test_marks_only_move_on(ask: Write, answer: Write, driver: User, staff: User) -> None:
    thread = ask().thread_id
    for _ in range(2):
        answer(staff, thread)
    seat, now = seat_in(driver, thread), timezone.now()
    mark_thread_read(seat, number=3, now=now)
    mark_thread_read(seat, number=2, now=now)
    assert [one.unread for one in threads_of_driver(driver)] == [0]
    assert post(seat, body="Thanks", now=now).number == 4
