"""Reporting a post, and what administrators decide about it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.services.operators import check_reason
from evbooking.core import audit, events
from evbooking.core.errors import WrongState
from evbooking.core.rate_limits import check_rates
from notifications.models import Post, PostReport
from notifications.seats import Seat
from notifications.services.threads.telling import forget_posts

State = PostReport.State


def report_post(post: Post, *, seat: Seat, reason: str, now: datetime) -> PostReport:
    """Ask the administrators to look at a post of the other side; again, the report that there is.

    Raises Invalid (`required`, `too_long_text` at `reason`), RateLimited.
    """
    check_reason(reason)
    check_rates({"reports_person": seat.user.pk})
    with transaction.atomic():
        report, created = PostReport.objects.get_or_create(
            post=post, reporter=seat.user, defaults={"reason": reason.strip(), "created_at": now}
        )
        if created:
            data = {"report_id": report.pk, "post_id": post.pk, "thread_id": post.thread_id}
            subject = f"thread:{post.thread_id}"
            events.publish("post.reported", subject=subject, data=data, actor=seat.user, now=now)
    return report


def dismiss_report(report: PostReport, *, actor: User, reason: str, now: datetime) -> PostReport:
    """The post stays. Raises Invalid, WrongState where it has been decided."""
    check_reason(reason)
    with transaction.atomic():
        _resolve(report, State.DISMISSED, actor, now)
        _audit("post.keep", report, actor, {"report": State.DISMISSED}, reason)
    report.refresh_from_db()
    return report


def remove_post(report: PostReport, *, actor: User, reason: str, now: datetime) -> PostReport:
    """Empty the post, for everybody and in every message that quotes it; all reports of it are decided.

    The audit says that and why, not what stood there. Raises as `dismiss_report`.
    """
    check_reason(reason)
    with transaction.atomic():
        _resolve(report, State.REMOVED, actor, now)
        others = PostReport.objects.filter(post=report.post_id, state=State.OPEN)
        others.update(state=State.REMOVED, resolved_at=now, resolved_by=actor)
        post = Post.objects.filter(pk=report.post_id, emptied="")
        post.update(body="", emptied=Post.Emptied.REMOVED)
        forget_posts([report.post.thread_id], [report.post_id])
        _audit("post.remove", report, actor, {"emptied": Post.Emptied.REMOVED}, reason)
    report.refresh_from_db()
    return report


def _resolve(report: PostReport, state: str, actor: User, now: datetime) -> None:
    open_one = PostReport.objects.filter(pk=report.pk, state=State.OPEN)
    if not open_one.update(state=state, resolved_at=now, resolved_by=actor):
        raise WrongState("This report has been decided already.")


def _audit(action: str, report: PostReport, actor: User, after: dict[str, Any], reason: str) -> None:
    audit.record(action, target=report.post, actor=actor, before=None, after=after, reason=reason)
