"""Reported posts, as administrators see them, and to who reported them."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from notifications.models import Post, PostReport

_AROUND = 5


def reports(state: str = PostReport.State.OPEN) -> QuerySet[PostReport]:
    """Reports of a state with what their list shows, the oldest first."""
    related = ("post__author", "post__thread__station", "post__thread__operator", "reporter")
    return PostReport.objects.filter(state=state).select_related(*related).order_by("created_at", "id")


def reports_by(reporter: User, posts: Iterable[Post]) -> dict[UUID, str]:
    """The state of this person's report of each of these posts that they have reported."""
    found = PostReport.objects.filter(reporter=reporter, post__in=list(posts))
    return dict(found.values_list("post_id", "state"))


def find_report(report_id: UUID | None) -> PostReport | None:
    """One report, whatever its state, with what its page shows."""
    related = (
        "post__author",
        "post__thread__station__operator",
        "post__thread__driver",
        "reporter",
        "resolved_by",
    )
    found = PostReport.objects.select_related(*related)
    return found.filter(pk=report_id).first() if report_id else None


def context_of(post: Post) -> QuerySet[Post]:
    """The post, and what was written just before it: as much of a conversation as a report opens."""
    around = Post.objects.filter(
        thread=post.thread_id, number__gt=post.number - _AROUND, number__lte=post.number
    )
    return around.select_related("author").order_by("number")
