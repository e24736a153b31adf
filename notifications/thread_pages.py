"""What the pages of conversations show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from django.urls import reverse

from evbooking.core.errors import DomainError
from notifications.models import Post, Side, Thread
from notifications.seats import Seat, facing_name, writer_of
from notifications.selectors.reports import reports_by
from notifications.selectors.threads import blocks_of, posts_of
from notifications.services.threads.writing import why_not
from stations.models import Station

PER_PAGE: Final = 50
BASES: Final = {
    Side.DRIVER: "base.html",
    Side.OPERATOR: "operator/base.html",
    Side.ADMINISTRATOR: "console/base.html",
}
LISTS: Final = {
    Side.DRIVER: "threads:list",
    Side.OPERATOR: "threads:desk",
    Side.ADMINISTRATOR: "threads:console",
}


class Line(NamedTuple):
    """A post as this reader sees it; `foreign` when it came from the other side and may be reported, `report` the
    state of the report that this reader has made, or empty."""

    post: Post
    writer: str
    own: bool
    foreign: bool
    report: str


class Row(NamedTuple):
    """A thread in a list."""

    thread: Thread
    facing: str
    own_words: bool
    zone: ZoneInfo


def rows_of(threads: Iterable[Thread], side: Side) -> list[Row]:
    """Threads as selectors.threads lists them for this side."""
    return [
        Row(one, facing_name(one, side), one.last_side == side, ZoneInfo(one.station.time_zone))
        for one in threads
    ]


def lines_of(seat: Seat, *, before: int | None = None) -> list[Line]:
    """The last PER_PAGE posts of the thread, or those before a number, the oldest first."""
    last = min(seat.thread.last_number, (before or seat.thread.last_number + 1) - 1)
    posts = list(posts_of(seat.thread).filter(number__gt=last - PER_PAGE, number__lte=last))
    reported = reports_by(seat.user, posts)
    return [_line(post, seat, reported.get(post.pk, "")) for post in posts]


def thread_context(seat: Seat, lines: list[Line]) -> dict[str, Any]:
    """Everything about a thread but the form: who faces whom, about what, and what keeps this side from writing."""
    thread, blocks = seat.thread, blocks_of(seat.thread)
    refusal: DomainError | None = why_not(seat, blocks)
    return {
        "thread": thread,
        "station": thread.station,
        "side": seat.side,
        "facing": facing_name(thread, seat.side),
        "subject_url": subject_url(seat),
        "zone": ZoneInfo(thread.station.time_zone),
        "lines": lines,
        "earlier": lines[0].post.number if lines and lines[0].post.number > 1 else None,
        "refusal": refusal,
        "blocks": seat.side in blocks,
        "can_block": thread.driver_id is not None,
        "base": BASES[seat.side],
        "list_url": reverse(LISTS[seat.side]),
    }


def subject_url(seat: Seat) -> str:
    """The page of what the thread is about, on this side; empty where there is none to see."""
    thread = seat.thread
    match thread.about, seat.side:
        case Thread.About.BOOKING, Side.DRIVER:
            return reverse("bookings:detail", args=[thread.booking.reference]) if thread.booking else ""
        case Thread.About.BOOKING, _:
            return reverse("desk:booking", args=[thread.booking.reference]) if thread.booking else ""
        case Thread.About.STATION, Side.DRIVER:
            public = thread.station.approval == Station.Approval.APPROVED
            return reverse("stations:detail", args=[thread.station.slug]) if public else ""
        case _, Side.ADMINISTRATOR:
            return reverse("console:station", args=[thread.station_id])
        case _:
            return reverse("operator:station", args=[thread.station_id])


def _line(post: Post, seat: Seat, report: str) -> Line:
    foreign, own = post.side != seat.side and not post.emptied, post.author_id == seat.user.pk
    return Line(post, writer_of(post, seat), own, foreign, report)
