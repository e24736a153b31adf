"""Webhooks in the operator's console: what there is, the log of each, and its secret, shown once."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accounts.models import Operator
from accounts.scoping import Role
from accounts.selectors import choose_operator, operators_of
from accounts.views.requests import SignedInRequest
from evbooking.core.errors import Invalid
from notifications.forms_webhooks import LogFilter, WebhookForm
from notifications.models import WebhookEndpoint
from notifications.selectors.webhooks import (
    deliveries_to,
    get_delivery,
    get_webhook,
    may_manage,
    webhooks_of,
)
from notifications.services.webhooks.endpoints import (
    create_webhook,
    disable_webhook,
    enable_webhook,
    ping,
    remove_webhook,
    rotate_secret,
    update_webhook,
)
from notifications.services.webhooks.queueing import redeliver
from notifications.webhooks.sealing import open_secret
from stations.forms.stations import OperatorChoiceForm
from stations.forms.submitting import attempt, submit
from stations.views.doors import carry_out, operator_page

PER_PAGE = 25
_Reason = WebhookEndpoint.Reason
_WHY_DISABLED: Final[Mapping[str, str]] = {
    _Reason.SWITCHED_OFF: "It is switched off. What happens meanwhile is not sent later.",
    _Reason.GONE: "It answered 410 Gone. Switch it on if it is there again.",
    _Reason.FAILING: "It took nothing for three days. Switch it on when it works again, and send again what failed.",
}


@operator_page("GET")
def home(request: SignedInRequest) -> HttpResponse:
    """The webhooks of all the person's operators."""
    found = webhooks_of(request.user).order_by("operator__name", "created_at")
    may_add = operators_of(request.user, Role.MANAGER).exists()
    return render(request, "operator/webhooks/list.html", {"webhooks": found, "may_add": may_add})


@operator_page("GET", "POST")
def new(request: SignedInRequest) -> HttpResponse:
    """Its secret is on the page that follows, and nowhere else."""
    operator = _operator(request)
    if operator is None:
        choice = OperatorChoiceForm(operators=operators_of(request.user, Role.MANAGER))
        return render(request, "operator/choose.html", {"form": choice, "title": "Whose webhook is it?"})
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made: list[WebhookEndpoint] = []
        act = partial(create_webhook, operator, actor=request.user, now=timezone.now(), **form.cleaned_data)
        if attempt(form, lambda: made.append(act())):
            _keep_secret(request, made[0])
            return redirect("webhooks:detail", made[0].pk)
    return _form_page(request, form, {"operator": operator})


@operator_page("GET")
@never_cache
def detail(request: SignedInRequest, webhook_id: UUID) -> HttpResponse:
    """What it listens for, and its log."""
    found = get_webhook(request.user, webhook_id)
    form = LogFilter(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    log = deliveries_to(found).filter(state=state) if state else deliveries_to(found)
    context = {
        "webhook": found,
        "may_manage": may_manage(request.user, found.operator),
        "why_disabled": _WHY_DISABLED.get(found.disabled_reason, ""),
        "secret": _kept_secret(request, found),
        "form": form,
        "page": Paginator(log, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "operator/webhooks/detail.html", context)


@operator_page("GET", "POST")
def edit(request: SignedInRequest, webhook_id: UUID) -> HttpResponse:
    found = get_webhook(request.user, webhook_id, minimum=Role.MANAGER)
    initial = {name: getattr(found, name) for name in ("url", "description", "events")}
    form = WebhookForm(request.POST or None, initial=initial)
    act = partial(update_webhook, found, actor=request.user, now=timezone.now())
    if request.method == "POST" and submit(form, act):
        return redirect("webhooks:detail", webhook_id)
    return _form_page(request, form, {"operator": found.operator, "webhook": found})


@operator_page("GET", "POST")
def remove(request: SignedInRequest, webhook_id: UUID) -> HttpResponse:
    """Ask, then remove it with its log."""
    found = get_webhook(request.user, webhook_id, minimum=Role.MANAGER)
    if request.method == "POST":
        carry_out(request, partial(remove_webhook, found, actor=request.user), "The webhook is removed.")
        return redirect("webhooks:home")
    return render(request, "operator/webhooks/remove.html", {"webhook": found})


@operator_page("POST")
def switch(request: SignedInRequest, webhook_id: UUID) -> HttpResponse:
    """Off where it is on, on where it is off."""
    found = get_webhook(request.user, webhook_id, minimum=Role.MANAGER)
    now = timezone.now()
    if found.state == WebhookEndpoint.State.ACTIVE:
        reason = WebhookEndpoint.Reason.SWITCHED_OFF
        act = partial(disable_webhook, found, reason=reason, actor=request.user, now=now)
        carry_out(request, act, "We no longer call it.")
    else:
        act = partial(enable_webhook, found, actor=request.user, now=now)
        carry_out(request, act, "It hears of what happens from now on.")
    return redirect("webhooks:detail", webhook_id)


@operator_page("POST")
def rotate(request: SignedInRequest, webhook_id: UUID) -> HttpResponse:
    found = get_webhook(request.user, webhook_id, minimum=Role.MANAGER)
    _keep_secret(request, rotate_secret(found, actor=request.user, now=timezone.now()))
    return redirect("webhooks:detail", webhook_id)


@operator_page("POST")
def send_ping(request: SignedInRequest, webhook_id: UUID) -> HttpResponse:
    found = get_webhook(request.user, webhook_id, minimum=Role.MANAGER)
    act = partial(ping, found, actor=request.user, now=timezone.now())
    carry_out(request, act, "A test is on its way. Load this page again to see what came of it.")
    return redirect("webhooks:detail", webhook_id)


@operator_page("POST")
def send_again(request: SignedInRequest, webhook_id: UUID, line_id: UUID) -> HttpResponse:
    found = get_webhook(request.user, webhook_id, minimum=Role.MANAGER)
    delivery = get_delivery(found, line_id)
    act = partial(redeliver, delivery, actor=request.user, now=timezone.now())
    carry_out(request, act, f"{delivery.type} is on its way again.")
    return redirect("webhooks:detail", webhook_id)


def _form_page(request: SignedInRequest, form: WebhookForm, context: dict[str, Any]) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "operator/webhooks/form.html", {"form": form, **context}, status=status)


def _operator(request: SignedInRequest) -> Operator | None:
    """The operator named in the address, or the only one; None where the person must choose."""
    try:
        return choose_operator(request.user, request.GET.get("operator"), minimum=Role.MANAGER)
    except Invalid:
        return None


def _keep_secret(request: SignedInRequest, endpoint: WebhookEndpoint) -> None:
    """Until the next page has shown it; sealed, for sessions are kept in the database."""
    request.session[_secret_key(endpoint)] = b64encode(endpoint.sealed_secret).decode()


def _kept_secret(request: SignedInRequest, endpoint: WebhookEndpoint) -> str | None:
    """What is to be shown, this once."""
    kept = request.session.pop(_secret_key(endpoint), None)
    return open_secret(endpoint.pk, b64decode(kept)) if kept else None


def _secret_key(endpoint: WebhookEndpoint) -> str:
    return f"webhook_secret:{endpoint.pk}"
