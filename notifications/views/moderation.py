"""Reporting a post, and the administrators' queue of reports."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.views.requests import SignedInRequest
from evbooking.core.errors import DomainError, NotFound
from notifications.forms import ReasonForm, ReportForm
from notifications.models import PostReport
from notifications.seats import writer_of
from notifications.selectors.reports import context_of, find_report, reports
from notifications.selectors.threads import post_facing
from notifications.services.threads.reporting import dismiss_report, remove_post, report_post
from notifications.thread_pages import BASES
from notifications.views.posting import note, show
from stations.views.doors import administrator_page

PER_PAGE = 50


@login_required
@require_http_methods(["GET", "POST"])
def report(request: SignedInRequest, post_id: UUID) -> HttpResponse:
    """GET asks what is wrong with a post of the other side, POST sends it to the administrators."""
    post, seat = post_facing(request.user, post_id)
    form = ReportForm(request.POST if request.method == "POST" else None)
    refused: DomainError | None = None
    if form.is_valid():
        try:
            report_post(post, seat=seat, reason=form.cleaned_data["reason"], now=timezone.now())
            messages.success(request, "Thank you. An administrator looks at it.")
            return redirect("threads:thread", post.thread_id)
        except DomainError as why:
            refused = note(form, why)
    context = {"post": post, "writer": writer_of(post, seat), "form": form, "base": BASES[seat.side]}
    return show(request, "threads/report.html", context, refused)


@administrator_page("GET")
def reported(request: SignedInRequest) -> HttpResponse:
    """Reports that wait, the oldest first; with ?state=… those that have been decided."""
    state = request.GET.get("state", "")
    chosen = state if state in PostReport.State.values else PostReport.State.OPEN
    page = Paginator(reports(chosen), PER_PAGE).get_page(request.GET.get("page"))
    tabs = [
        {
            "label": label.capitalize(),
            "url": f"{reverse('moderation:reports')}?state={value}",
            "current": value == chosen,
        }
        for value, label in PostReport.State.choices
    ]
    return render(request, "console/reports.html", {"page": page, "tabs": tabs, "state": chosen})


@administrator_page("GET", "POST")
def decide(request: SignedInRequest, report_id: UUID) -> HttpResponse:
    """The post with what was written just before it; POST keeps or removes it, with a reason."""
    found = find_report(report_id)
    if found is None:
        raise NotFound
    form = ReasonForm(request.POST if request.method == "POST" else None)
    refused: DomainError | None = None
    if form.is_valid():
        removes = request.POST.get("decision") == "remove"
        act = partial(remove_post if removes else dismiss_report, found, actor=request.user)
        try:
            act(reason=form.cleaned_data["reason"], now=timezone.now())
            messages.success(request, "Removed." if removes else "Dismissed: the post stays.")
            return redirect("moderation:reports")
        except DomainError as why:
            refused = note(form, why)
    context = {"report": found, "post": found.post, "lines": context_of(found.post), "form": form}
    return show(request, "console/report.html", context, refused)
