"""What administrators see of the outbox and of the messages, and do about dead letters."""

import json
from functools import partial

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.views.requests import SignedInRequest
from evbooking.core import dead_letters
from evbooking.core.cloudevents import cloudevent
from evbooking.core.collectors import outbox_state
from evbooking.core.models import EventDelivery
from notifications.forms import MessageFilter, ReasonForm
from notifications.selectors import find_messages
from stations.forms.submitting import submit
from stations.views.doors import administrator_page, carry_out

PER_PAGE = 50


@administrator_page("GET")
def home(request: SignedInRequest) -> HttpResponse:
    """How far the outbox lags, what failed and what is dead."""
    page = Paginator(dead_letters.dead_letters(), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "failing": dead_letters.failing()[:PER_PAGE], "state": outbox_state()}
    return render(request, "console/outbox.html", context)


@administrator_page("GET")
def delivery(request: SignedInRequest, delivery_id: int) -> HttpResponse:
    return _show(request, _found(delivery_id), ReasonForm())


@administrator_page("POST")
def replay(request: SignedInRequest, delivery_id: int) -> HttpResponse:
    found = _found(delivery_id)
    act = partial(dead_letters.replay, found, actor=request.user)
    carry_out(request, act, f"{found.event.type} goes to {found.handler} again.")
    return redirect("outbox:home")


@administrator_page("GET", "POST")
def discard(request: SignedInRequest, delivery_id: int) -> HttpResponse:
    """Needs a reason; without one the delivery is shown again."""
    found, form = _found(delivery_id), ReasonForm(request.POST or None)
    if request.method == "POST" and submit(form, partial(dead_letters.discard, found, actor=request.user)):
        return redirect("outbox:home")
    return _show(request, found, form)


@administrator_page("GET")
def sent_messages(request: SignedInRequest) -> HttpResponse:
    """Every message, for support: to whom, by which channel, how far it got and why not."""
    form = MessageFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = find_messages(
        words=wanted.get("q", ""), state=wanted.get("state", ""), channel=wanted.get("channel", "")
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "console/messages.html", {"page": page, "form": form})


def _found(delivery_id: int) -> EventDelivery:
    return get_object_or_404(EventDelivery.objects.select_related("event"), pk=delivery_id)


def _show(request: SignedInRequest, found: EventDelivery, form: ReasonForm) -> HttpResponse:
    envelope = json.dumps(cloudevent(found.event), indent=2, ensure_ascii=False)
    context = {"delivery": found, "envelope": envelope, "form": form}
    return render(request, "console/delivery.html", context, status=422 if form.errors else 200)
