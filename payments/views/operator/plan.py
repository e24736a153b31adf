"""The operator's own plan: what there is, paying for Pro, leaving it, and its invoices."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from accounts.views.requests import SignedInRequest
from evbooking.core.errors import DomainError
from payments.errors import PaymentProviderUnavailable
from payments.gateway import minor
from payments.models import OperatorPlan
from payments.plans import PLANS, Plan, limits_in_words, plan_of
from payments.services.plans import (
    PlanInvoice,
    cancel_plan,
    invoices_of,
    resume_plan,
    start_subscription,
    sync_subscription,
)
from payments.views.operator.till import Till
from payments.views.provider import enters_cards, is_sandbox, pay_page, provider_context
from stations.views.doors import carry_out, operator_page

_JSON: Final = "application/json"


@operator_page("GET", "POST")
@enters_cards
def plan(request: SignedInRequest) -> HttpResponse:
    """The plans side by side; POST with `act` subscribe, cancel or resume does that."""
    till = Till(request)
    act = request.POST.get("act")
    if request.method == "GET":
        return _page(request, till)
    if act == "subscribe":
        return _subscribe(request, till)
    services = {
        "cancel": (cancel_plan, "Pro ends with the paid month."),
        "resume": (resume_plan, "Pro goes on."),
    }
    if act in services:
        service, done = services[act]
        carry_out(request, lambda: service(till.operator, actor=request.user, now=till.now), done)
    return redirect(till.url("plan"))


@operator_page("GET")
def returned(request: SignedInRequest) -> HttpResponse:
    """Back from the card: Stripe is asked what became of the subscription."""
    till = Till(request)
    row = _row(till)
    if row is not None:
        with suppress(PaymentProviderUnavailable):  # its event tells it later
            row = sync_subscription(row, now=till.now)
        if row.status == OperatorPlan.Status.ACTIVE and row.plan == Plan.PRO:
            messages.success(request, "Welcome to Pro.")
        else:
            messages.error(request, "Nothing was paid. Try again, or use another card.")
    return redirect(till.url("plan"))


def _subscribe(request: SignedInRequest, till: Till) -> HttpResponse:
    back = request.build_absolute_uri(till.url("plan-return"))
    wants_json = request.headers.get("Accept") == _JSON
    try:
        secret = start_subscription(till.operator, actor=request.user, now=till.now)
    except DomainError as refused:
        if wants_json:
            return JsonResponse(refused.as_problem(), status=refused.status)
        messages.error(request, _words(refused))
        return redirect(till.url("plan"))
    if wants_json:
        told = {"kind": "payment_intent", "status": "requires_payment_method", "client_secret": secret}
        return JsonResponse({**told, "return_url": back})
    return redirect(pay_page(secret, back) if is_sandbox() else till.url("plan"))


def _page(request: SignedInRequest, till: Till) -> HttpResponse:
    row = _row(till)
    current = plan_of(till.operator)
    price = PLANS[Plan.PRO].price
    context = till.context(
        row=row,
        current=current,
        plans=[_card(plan, is_current=plan == current) for plan in Plan],
        can_subscribe=current == Plan.FREE,
        is_paid=current == Plan.PRO and row is not None and not row.granted,
        price=price,
        element={"amount": minor(price), "currency": price.currency.lower()},
        **_invoices(row),
        **provider_context(),
    )
    return render(request, "payments/operator/plan.html", context)


def _card(plan: OperatorPlan.Plan, *, is_current: bool) -> dict[str, Any]:
    terms = PLANS[plan]
    share = f"{terms.fee_share.normalize():f} % of each bill paid online"
    points = [share, *limits_in_words(terms.limits)]
    return {"label": plan.label, "price": terms.price, "points": points, "is_current": is_current}


def _row(till: Till) -> OperatorPlan | None:
    return OperatorPlan.objects.filter(operator=till.operator).select_related("operator").first()


def _invoices(row: OperatorPlan | None) -> dict[str, list[PlanInvoice] | bool]:
    try:
        return {"invoices": invoices_of(row), "unreachable": False}
    except PaymentProviderUnavailable:
        return {"invoices": [], "unreachable": True}


def _words(refused: DomainError) -> str:
    if isinstance(refused, PaymentProviderUnavailable):
        return "Stripe is not reachable at the moment. Your plan is as it was: try again in a few minutes."
    return refused.detail
