"""Writing an announcement: first a look at whom it reaches, then the button that sends it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.models import Operator
from accounts.scoping import Role
from accounts.selectors import choose_operator, operators_of
from accounts.views.requests import SignedInRequest
from evbooking.core.errors import Invalid
from notifications.forms_webhooks import AdminAnnouncementForm, OperatorAnnouncementForm
from notifications.selectors.announcements import announcements_by
from notifications.services.announcing import announce, count_recipients
from stations.forms.stations import OperatorChoiceForm
from stations.forms.submitting import attempt
from stations.models import Station
from stations.views.doors import administrator_page, operator_page

PER_PAGE = 25
Form = OperatorAnnouncementForm | AdminAnnouncementForm


@operator_page("GET", "POST")
def by_operator(request: SignedInRequest) -> HttpResponse:
    """To those with a booking to come at the operator's stations."""
    try:
        operator = choose_operator(request.user, request.GET.get("operator"), minimum=Role.MANAGER)
    except Invalid:
        choice = OperatorChoiceForm(operators=operators_of(request.user, Role.MANAGER))
        return render(request, "operator/choose.html", {"form": choice, "title": "Who announces?"})
    stations = Station.objects.filter(operator=operator).order_by("name", "pk")
    form = OperatorAnnouncementForm(request.POST or None, stations=stations)
    return _page(request, form, operator, "operator/announcements.html")


@administrator_page("GET", "POST")
def by_administrators(request: SignedInRequest) -> HttpResponse:
    """To everybody, or to the people of operators."""
    form = AdminAnnouncementForm(request.POST or None)
    return _page(request, form, None, "console/announcements.html")


def _page(request: SignedInRequest, form: Form, operator: Operator | None, template: str) -> HttpResponse:
    """POST previews; with `act` send it sends."""
    now, reaches = timezone.now(), None
    if request.method == "POST" and form.is_valid():
        draft = form.draft()
        if request.POST.get("act") == "send":
            act = partial(announce, draft, operator=operator, actor=request.user, now=now)
            if attempt(form, act):
                messages.success(request, "It is on its way.")
                return redirect(request.get_full_path())
        else:
            reaches = _counted(form, partial(count_recipients, draft, operator=operator, now=now))
    context: dict[str, Any] = {
        "form": form,
        "operator": operator,
        "reaches": reaches,
        "page": Paginator(announcements_by(operator), PER_PAGE).get_page(request.GET.get("page")),
    }
    invalid = request.method == "POST" and not form.is_valid()
    return render(request, template, context, status=422 if invalid else 200)


def _counted(form: Form, count: Callable[[], int]) -> int | None:
    """How many it would reach; None where the form says why it cannot be sent."""
    found: list[int] = []
    return found[0] if attempt(form, lambda: found.append(count())) else None
