"""Two at the same moment: one thread, numbers without gaps; and what would be without the index."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from bookings.tests.races.crowd import at_once
from notifications.models import Post, Side, Thread
from notifications.seats import Subject
from notifications.services.threads.writing import write_about
from tests.factories import make_booking, make_operator, make_station, make_user

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
CROWD = 8


@pytest.fixture
def booking(transactional_db: None) -> Booking:
    station = make_station(make_operator(owner=make_user()))
    return make_booking(station.evses.get(), make_user(name="Dana"), start=timezone.now() + timedelta(days=1))


def writes(booking: Booking, *authors: tuple[User, Side]) -> list[Callable[[], Post]]:
    """First posts about the booking, by the driver and the operator's people."""
    subject = Subject.of_booking(booking)
    return [
        partial(write_about, subject, author=author, side=side, body="Hello", now=timezone.now())
        for author, side in authors
    ]


def crowd_of(booking: Booking) -> list[tuple[User, Side]]:
    staff = booking.station.operator.members.get()
    return [(booking.driver, Side.DRIVER), (staff, Side.OPERATOR)] * (CROWD // 2)


def test_first_posts_at_once_make_one_thread_with_numbers_in_a_row(booking: Booking) -> None:
    at_once(writes(booking, *crowd_of(booking)))
    thread = Thread.objects.get()
    numbers = list(Post.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, CROWD + 1))
    assert thread.last_number == CROWD


def test_without_the_index_there_would_be_several_threads(booking: Booking) -> None:
    with without("thread_once_per_booking"):
        for _ in range(6):
            with suppress(Thread.MultipleObjectsReturned, IntegrityError):
                at_once(writes(booking, *crowd_of(booking)))
            if Thread.objects.count() > 1:
                break
            empty()
        assert Thread.objects.count() > 1


@contextmanager
def without(name: str) -> Iterator[None]:
    """The table without this constraint; afterwards the threads are gone and it is back."""
    constraint = next(one for one in Thread._meta.constraints if one.name == name)
    with connection.schema_editor() as editor:
        editor.remove_constraint(Thread, constraint)
    try:
        yield
    finally:
        empty()
        with connection.schema_editor() as editor:
            editor.add_constraint(Thread, constraint)


def empty() -> None:
    """Posts cannot be deleted, a table can be emptied."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE notifications_thread CASCADE")
