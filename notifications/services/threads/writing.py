"""Writing: beginning a thread, and posting in one."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from accounts.models import User
from evbooking.core import events
from evbooking.core.rate_limits import check_rates
from notifications.bodies import clean_body
from notifications.errors import Blocked, Blocking, NobodyThere
from notifications.models import Post, Side, Thread
from notifications.seats import Seat, Subject
from notifications.selectors.threads import blocks_of, thread_about
from notifications.services.threads.reading import mark_thread_read


def write_about(subject: Subject, *, author: User, side: Side, body: str, now: datetime) -> Post:
    """Post in the thread of this subject, which is begun if there is none.

    Whoever may: the caller has looked the subject up as one of the author's. Raises as `post`.
    """
    text = clean_body(body)
    thread = thread_about(subject)
    if thread is None:
        check_rates({"threads_person": author.pk})
    with transaction.atomic():
        return _post(Seat(thread or _begin(subject, now), author, side), text, now)


def post(seat: Seat, *, body: str, now: datetime) -> Post:
    """Write to the other side.

    Raises Invalid (`required`, `too_long_text` at `body`), RateLimited, Blocked, Blocking, NobodyThere.
    """
    text = clean_body(body)
    with transaction.atomic():
        return _post(seat, text, now)


def why_not(seat: Seat, blocks: set[str]) -> Blocked | Blocking | NobodyThere | None:
    """What keeps this side from writing, given the sides that block; None if nothing does."""
    driver = seat.thread.driver
    if seat.side != Side.DRIVER and driver is not None and not driver.is_active:
        return NobodyThere()
    if seat.side in blocks:
        return Blocking()
    return Blocked() if blocks else None


def _begin(subject: Subject, now: datetime) -> Thread:
    """The thread; where somebody else begins it at this moment, theirs (unique indexes)."""
    thread, _ = Thread.objects.get_or_create(
        about=subject.about,
        station=subject.station,
        booking=subject.booking,
        driver=subject.driver,
        defaults={"operator_id": subject.station.operator_id, "created_at": now, "last_at": now},
    )
    return thread


def _post(seat: Seat, text: str, now: datetime) -> Post:
    thread = Thread.objects.select_for_update(no_key=True, of=("self",)).select_related("driver")
    locked = thread.get(pk=seat.thread.pk)
    refusal = why_not(Seat(locked, seat.user, seat.side), blocks_of(locked))
    if refusal:
        raise refusal
    author = seat.user.pk
    check_rates({"posts_hour": author, "posts_day": author, "posts_thread": f"{locked.pk}:{author}"})
    written = _append(locked, seat, text, now)
    mark_thread_read(seat, number=written.number, now=now)
    return written


def _append(thread: Thread, seat: Seat, text: str, now: datetime) -> Post:
    """Needs the thread's row locked, so that numbers have no gap and events their order."""
    thread.last_number += 1
    thread.last_at = now
    thread.save(update_fields=["last_number", "last_at"])
    post_id = uuid4()
    data = {
        "thread_id": thread.pk,
        "post_id": post_id,
        "about": thread.about,
        "side": seat.side,
        "operator_id": thread.operator_id,
        "station_id": thread.station_id,
        "booking_id": thread.booking_id,
        "driver_id": thread.driver_id,
    }
    event = events.publish(
        "thread.posted", subject=f"thread:{thread.pk}", data=data, actor=seat.user, now=now
    )
    return Post.objects.create(
        id=post_id,
        thread=thread,
        number=thread.last_number,
        side=seat.side,
        author=seat.user,
        body=text,
        event_id=event.pk,
        at=now,
    )
