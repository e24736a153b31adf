"""Threads, posts and reports as JSON."""

from typing import Any

from notifications.models import Post, PostReport, Side, Thread
from notifications.seats import Seat, facing_name, writer_of
from notifications.selectors.threads import blocks_of
from notifications.services.threads.writing import why_not
from notifications.thread_pages import lines_of


def thread_document(thread: Thread, side: Side) -> dict[str, Any]:
    """A thread as selectors.threads lists it for this side."""
    return {
        "id": thread.pk,
        "side": side,
        "about": {
            "kind": thread.about,
            "booking": thread.booking.reference if thread.booking else None,
            "station": thread.station_id,
            "station_name": thread.station.name,
        },
        "operator": {"id": thread.operator_id, "name": thread.operator.name},
        "facing": facing_name(thread, side),
        "unread": thread.unread,
        "last_words": thread.last_words,
        "last_at": thread.last_at,
        "created_at": thread.created_at,
    }


def open_thread_document(listed: Thread, seat: Seat, *, before: int | None) -> dict[str, Any]:
    """A thread with its last posts, or those before a number."""
    blocks = blocks_of(listed)
    return {
        **thread_document(listed, seat.side),
        "may_write": why_not(seat, blocks) is None,
        "blocked_by": sorted(blocks),
        "posts": [
            post_document(line.post, seat, reported=bool(line.report))
            for line in lines_of(seat, before=before)
        ],
    }


def post_document(post: Post, seat: Seat, *, reported: bool = False) -> dict[str, Any]:
    """A post as this reader may see it; `reported` by this reader."""
    return {
        "id": post.pk,
        "thread": post.thread_id,
        "number": post.number,
        "side": post.side,
        "writer": writer_of(post, seat),
        "own": post.author_id == seat.user.pk,
        "body": post.body,
        "emptied": post.emptied or None,
        "reported": reported,
        "at": post.at,
    }


def report_document(report: PostReport) -> dict[str, Any]:
    """A report as its reporter sees it."""
    return {
        "id": report.pk,
        "post": report.post_id,
        "reason": report.reason,
        "state": report.state,
        "created_at": report.created_at,
    }


def reported_document(report: PostReport) -> dict[str, Any]:
    """A report as administrators see it, with what was written and by whom."""
    post = report.post
    return {
        **report_document(report),
        "thread": post.thread_id,
        "body": post.body,
        "side": post.side,
        "author": post.author_id,
        "reporter": report.reporter_id,
        "station": post.thread.station_id,
        "operator": post.thread.operator_id,
        "resolved_at": report.resolved_at,
    }
