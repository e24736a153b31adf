"""Conversations as each side sees them: the lists, a thread, and blocking the other side."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.views.requests import SignedInRequest
from bookings.views.operator.desk import open_desk
from evbooking.core.errors import DomainError, WrongState
from notifications.forms import PostForm
from notifications.models import Side, Thread
from notifications.selectors.threads import (
    seat_in,
    threads_of_administrators,
    threads_of_driver,
    threads_of_operators,
)
from notifications.services.threads.blocking import block, unblock
from notifications.services.threads.reading import mark_thread_read
from notifications.services.threads.writing import post
from notifications.thread_pages import BASES, lines_of, rows_of, thread_context
from notifications.views.posting import note, show
from stations.views.doors import administrator_page, operator_page

PER_PAGE = 25
_LONGEST_NUMBER = 9


@login_required
@require_GET
def driver_threads(request: SignedInRequest) -> HttpResponse:
    """What the person writes with operators."""
    return _list(request, threads_of_driver(request.user), Side.DRIVER)


@operator_page("GET")
def operator_threads(request: SignedInRequest) -> HttpResponse:
    """What an operator's people write with drivers, and with administrators about approvals."""
    desk = open_desk(request)
    return _list(request, threads_of_operators(request.user, desk.operator), Side.OPERATOR, desk=desk)


@administrator_page("GET")
def administrator_threads(request: SignedInRequest) -> HttpResponse:
    """What is written about approvals."""
    return _list(request, threads_of_administrators(request.user), Side.ADMINISTRATOR)


@login_required
@require_http_methods(["GET", "POST"])
def thread(request: SignedInRequest, thread_id: UUID) -> HttpResponse:
    """GET shows the posts, and the newest are read; POST writes."""
    seat, now = seat_in(request.user, thread_id), timezone.now()
    form = PostForm(request.POST if request.method == "POST" else None)
    refused: DomainError | None = None
    if form.is_valid():
        try:
            post(seat, body=form.cleaned_data["body"], now=now)
            return redirect(f"{request.path}#newest")
        except DomainError as why:
            refused = note(form, why)
    lines = lines_of(seat, before=_number(request.GET.get("before", "")))
    if lines and request.method == "GET":
        mark_thread_read(seat, number=lines[-1].post.number, now=now)
    context = thread_context(seat, lines) | {"form": form}
    return show(request, "threads/thread.html", context, refused)


@login_required
@require_POST
def block_other(request: SignedInRequest, thread_id: UUID) -> HttpResponse:
    return _set_block(request, thread_id, blocks=True)


@login_required
@require_POST
def unblock_other(request: SignedInRequest, thread_id: UUID) -> HttpResponse:
    return _set_block(request, thread_id, blocks=False)


def _set_block(request: SignedInRequest, thread_id: UUID, *, blocks: bool) -> HttpResponse:
    seat = seat_in(request.user, thread_id)
    try:
        if blocks:
            block(seat, now=timezone.now())
        else:
            unblock(seat)
        messages.success(request, "Blocked: neither of you can write." if blocks else "You can write again.")
    except WrongState as refused:
        messages.error(request, refused.detail)
    return redirect("threads:thread", thread_id)


def _list(request: SignedInRequest, threads: QuerySet[Thread], side: Side, **more: object) -> HttpResponse:
    page = Paginator(threads, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": rows_of(page, side), "side": side, "base": BASES[side], **more}
    return render(request, "threads/list.html", context)


def _number(text: str) -> int | None:
    """None for what is no number of a post."""
    readable = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return max(int(text), 1) if readable else None
