"""Conversations of those who take part: every lookup asks for the person's side in the query itself."""

from typing import Any
from uuid import UUID

from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Left

from accounts.models import Membership, Operator, User
from accounts.selectors import operator_ids
from evbooking.core.errors import NotFound
from notifications.models import Block, Post, ReadMark, Side, Thread
from notifications.seats import Seat, Subject

EXCERPT = 160
_SHOWN = ("operator", "station", "booking", "driver")


def threads_of_driver(user: User) -> QuerySet[Thread]:
    """What the person has written, or was written, as a driver; the newest first."""
    return _listed(Thread.objects.filter(driver=user), user, Side.DRIVER)


def threads_of_operators(user: User, operator: Operator | None = None) -> QuerySet[Thread]:
    """The threads of the person's operators, or of one of them; the newest first."""
    found = Thread.objects.filter(operator__in=operator_ids(user))
    return _listed(found.filter(operator=operator) if operator else found, user, Side.OPERATOR)


def threads_of_administrators(user: User) -> QuerySet[Thread]:
    """What is written about approvals, for administrators; nothing for anybody else."""
    found = Thread.objects.filter(about=Thread.About.APPROVAL)
    return _listed(found if user.is_staff else found.none(), user, Side.ADMINISTRATOR)


def listed_for(seat: Seat) -> Thread:
    """The thread of a seat as its side's list shows it."""
    return _listed(Thread.objects.filter(pk=seat.thread.pk), seat.user, seat.side).get()


def seat_in(user: User, thread_id: UUID | None) -> Seat:
    """The person's seat in a thread. Raises NotFound for whoever has none, now."""
    member = Membership.objects.filter(user=user, operator=OuterRef("operator"))
    found = (
        Thread.objects.select_related(*_SHOWN).annotate(is_member=Exists(member)).filter(_visible_to(user))
    )
    thread = found.filter(pk=thread_id).first() if thread_id and user.is_active else None
    if thread is None:
        raise NotFound
    if thread.driver_id == user.pk:
        return Seat(thread, user, Side.DRIVER)
    return Seat(thread, user, Side.OPERATOR if thread.is_member else Side.ADMINISTRATOR)


def thread_about(subject: Subject) -> Thread | None:
    """The thread of that subject, if somebody has begun it."""
    wanted = Thread.objects.filter(about=subject.about, station=subject.station)
    return wanted.filter(booking=subject.booking, driver=subject.driver).first()


def posts_of(thread: Thread) -> QuerySet[Post]:
    """The posts of a thread with their authors, the oldest first."""
    return Post.objects.filter(thread=thread).select_related("author").order_by("number")


def post_facing(user: User, post_id: UUID | None) -> tuple[Post, Seat]:
    """A post that somebody of the other side wrote to the person, and the person's seat. Raises NotFound."""
    post = Post.objects.filter(pk=post_id).first() if post_id else None
    if post is None:
        raise NotFound
    seat = seat_in(user, post.thread_id)
    if post.side == seat.side or post.emptied:
        raise NotFound
    return post, seat


def blocks_of(thread: Thread) -> set[str]:
    """The sides of a thread that block the other; nobody can in a thread about an approval."""
    if thread.driver_id is None:
        return set()
    found = Block.objects.filter(driver=thread.driver_id, operator=thread.operator_id)
    return set(found.values_list("by", flat=True))


def people_on(thread: Thread, side: Side) -> list[User]:
    """Who takes part on this side now."""
    match side:
        case Side.DRIVER:
            return [thread.driver] if thread.driver else []
        case Side.OPERATOR:
            team = Membership.objects.filter(operator=thread.operator_id).select_related("user")
            return [member.user for member in team.order_by("user")]
        case _:
            return administrators()


def administrators() -> list[User]:
    return list(User.objects.filter(is_staff=True, is_active=True).order_by("pk"))


def unread_threads(user: User) -> int:
    """How many of a driver's threads hold something new."""
    found = threads_of_driver(user)
    return found.filter(unread__gt=0).count()  # type: ignore[misc]  # an annotation


def _visible_to(user: User) -> Q:
    seen = Q(driver=user) | Q(is_member=True)
    return seen | Q(about=Thread.About.APPROVAL) if user.is_staff else seen


def _listed(threads: QuerySet[Thread], user: User, side: Side) -> QuerySet[Thread]:
    """With `unread`, posts of the other side that the person has not read, and `last_words` and `last_side`."""
    mark = ReadMark.objects.filter(thread=OuterRef("thread"), user=user).values("number")
    new = (
        Post.objects.filter(thread=OuterRef("pk"), number__gt=Coalesce(Subquery(mark), Value(0)))
        .exclude(side=side)
        .order_by()
        .values("thread")
        .annotate(n=Count("*"))
        .values("n")
    )
    last = Post.objects.filter(thread=OuterRef("pk"), number=OuterRef("last_number"))
    shown: dict[str, Any] = {
        "unread": Coalesce(Subquery(new, output_field=IntegerField()), Value(0)),
        "last_words": Subquery(last.values(words=Left(F("body"), EXCERPT)), output_field=CharField()),
        "last_side": Subquery(last.values("side")),
    }
    return threads.select_related(*_SHOWN).annotate(**shown).order_by("-last_at", "id")
