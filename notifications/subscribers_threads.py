"""Who is told of what is written: the other side of the thread, and of a report the administrators."""

from typing import Any, Final

from django.urls import reverse
from django.utils import timezone

from evbooking.core.events import subscribe
from evbooking.core.models import DomainEvent
from notifications.models import Post, PostReport, Side, Thread
from notifications.seats import side_name
from notifications.selectors.threads import administrators, blocks_of, people_on
from notifications.services.telling import News, tell
from notifications.services.threads.telling import tell_of_post

_KINDS: Final = {
    Side.DRIVER: "driver_message",
    Side.OPERATOR: "owner_message",
    Side.ADMINISTRATOR: "admin_message",
}


@subscribe("thread.posted", handler="notifications.threads")
def tell_of_words(event: DomainEvent) -> None:
    """Everybody on the other side, unless the post is gone or one of the two blocks meanwhile."""
    related = ("author", "thread__operator", "thread__station", "thread__booking", "thread__driver")
    post = Post.objects.select_related(*related).get(pk=event.data["post_id"])
    thread, side = post.thread, Side(post.side)
    if post.emptied or blocks_of(thread):
        return
    facing = thread.other_side(side)
    tell_of_post(
        post,
        event,
        kind=_KINDS[facing],
        recipients=people_on(thread, facing),
        facts=_facts(thread) | {"writer": _writer(post, facing)},
        path=reverse("threads:thread", args=[thread.pk]),
        now=timezone.now(),
    )


@subscribe("post.reported", handler="notifications.reports")
def tell_of_report(event: DomainEvent) -> None:
    report = PostReport.objects.select_related("post__thread__station__operator").get(
        pk=event.data["report_id"]
    )
    station = report.post.thread.station
    facts = {"station": station.name, "operator": station.operator.name, "reason": report.reason}
    path = reverse("moderation:report", args=[report.pk])
    tell(News(event, "admin_report", facts, path), administrators(), now=timezone.now())


def _facts(thread: Thread) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "station": thread.station.name,
        "operator": thread.operator.name,
        "zone": thread.station.time_zone,
        "approval": thread.about == Thread.About.APPROVAL,
    }
    if thread.booking is not None:
        booking = thread.booking
        facts |= {"start": booking.start, "end": booking.end, "reference": booking.reference}
    return facts


def _writer(post: Post, reader: Side) -> str:
    """Without a name at all the words of the message say who it is, in their language."""
    if post.side == Side.DRIVER and not (post.author and post.author.name.strip()):
        return ""
    return side_name(post.thread, Side(post.side), post.author, reader=reader)
