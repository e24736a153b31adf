"""Operators, people and the audit, as administrators see them."""

from functools import partial
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.models import Operator, User
from accounts.selectors import audit_entries, find_operators, find_users
from accounts.services.administration import deactivate_user, reactivate_user
from accounts.services.operators import reactivate_operator, suspend_operator
from accounts.views.requests import SignedInRequest
from stations.forms.console import AuditFilter, OperatorFilter, ReasonForm, UserFilter
from stations.forms.submitting import submit
from stations.views.doors import administrator_page

PER_PAGE = 50


@administrator_page("GET")
def operators(request: SignedInRequest) -> HttpResponse:
    """All operators, with how much they run."""
    form = OperatorFilter(request.GET)
    found = find_operators(**form.cleaned_data) if form.is_valid() else Operator.objects.none()
    counted = found.annotate(station_count=Count("stations")).order_by("name", "id")
    page = Paginator(counted, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "console/operators.html", {"page": page, "form": form})


@administrator_page("GET", "POST")
def operator(request: SignedInRequest, operator_id: UUID) -> HttpResponse:
    """Suspend an operator, or bring it back, with a reason."""
    found = get_object_or_404(Operator, pk=operator_id)
    active = found.status == Operator.Status.ACTIVE
    decide = suspend_operator if active else reactivate_operator
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and submit(form, partial(decide, found, actor=request.user)):
        return redirect("console:operators")
    context = {
        "operator": found,
        "form": form,
        "active": active,
        "members": found.memberships.select_related("user"),
    }
    return render(request, "console/operator.html", context, status=422 if form.errors else 200)


@administrator_page("GET")
def users(request: SignedInRequest) -> HttpResponse:
    """People, the newest first."""
    form = UserFilter(request.GET)
    found = find_users(**form.cleaned_data) if form.is_valid() else User.objects.none()
    page = Paginator(found.order_by("-date_joined", "id"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "console/users.html", {"page": page, "form": form})


@administrator_page("GET", "POST")
def user(request: SignedInRequest, user_id: UUID) -> HttpResponse:
    """Close a person's account, or open it again, with a reason."""
    found = get_object_or_404(User, pk=user_id)
    decide: Any = deactivate_user if found.is_active else reactivate_user
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and submit(form, partial(decide, found, actor=request.user)):
        return redirect("console:users")
    context = {"person": found, "form": form, "memberships": found.memberships.select_related("operator")}
    return render(request, "console/user.html", context, status=422 if form.errors else 200)


@administrator_page("GET")
def audit(request: SignedInRequest) -> HttpResponse:
    """The audit, the newest entry first."""
    form = AuditFilter(request.GET)
    having = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    entries = audit_entries(**having).select_related("actor").order_by("-id")
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "console/audit.html", {"page": page, "form": form})
