"""Disputes over an operator's money, and the owner's answer to each."""

from __future__ import annotations

from functools import partial
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.views.requests import SignedInRequest
from evbooking.core.errors import NotFound
from evbooking.core.money import Money
from payments.forms.giving_back import EvidenceForm
from payments.models import Dispute
from payments.selectors.payments import disputes_of_operators
from payments.services.disputes import keep_evidence, submit_evidence
from payments.views.operator.till import Till
from stations.forms.submitting import attempt
from stations.views.doors import operator_page

PER_PAGE: Final = 30


@operator_page("GET")
def disputes(request: SignedInRequest) -> HttpResponse:
    """All of them, the newest first, with the time to answer."""
    till = Till(request)
    page = Paginator(disputes_of_operators([till.operator.pk]), PER_PAGE).get_page(request.GET.get("page"))
    rows = [{**dispute_row(one), "url": till.url("dispute", one.pk)} for one in page]
    return render(request, "payments/operator/disputes.html", till.context(page=page, rows=rows))


@operator_page("GET", "POST")
def dispute(request: SignedInRequest, dispute_id: UUID) -> HttpResponse:
    """One dispute; `act=keep` keeps the draft of the answer, `act=send` sends it to the bank for good."""
    till = Till(request)
    found = disputes_of_operators([till.operator.pk]).filter(pk=dispute_id).first()
    if found is None:
        raise NotFound
    form = EvidenceForm(request.POST if request.method == "POST" else None, text=found.evidence)
    service = submit_evidence if request.POST.get("act") == "send" else keep_evidence
    if form.is_valid():
        act = partial(service, found, text=form.cleaned_data["text"], actor=request.user, now=till.now)
        if attempt(form, act):
            messages.success(request, "Sent to the bank." if service is submit_evidence else "Kept.")
            return redirect(till.url("dispute", found.pk))
    context = till.context(form=form, row=dispute_row(found), list_url=till.url("disputes"))
    return render(request, "payments/operator/dispute.html", context, status=422 if form.errors else 200)


def dispute_row(one: Dispute) -> dict[str, Any]:
    """What lists and pages show of a dispute."""
    return {
        "dispute": one,
        "booking": one.payment.account.booking,
        "money": Money(one.amount, one.currency),
        "held": Money(one.held_amount, one.currency),
        "can_answer": one.status == Dispute.Status.NEEDS_RESPONSE,
        "reason": one.reason.replace("_", " "),
    }
