"""Payouts: what can be paid out now, the button, and those that were."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.views.requests import SignedInRequest
from evbooking.core.errors import DomainError
from payments.models import Payout
from payments.presentation.payouts import payout_row, said_of
from payments.selectors.payable import payable_of
from payments.services.payouts import request_payout
from payments.services.statements import available_months
from payments.views.operator.till import Till
from stations.views.doors import operator_page

PER_PAGE: Final = 30


@operator_page("GET", "POST")
def payouts(request: SignedInRequest) -> HttpResponse:
    """The payouts, the latest first, and the monthly statements; POST pays out what is available."""
    till = Till(request)
    account = till.account
    if request.method == "POST":
        try:
            payout = request_payout(account, actor=request.user, now=till.now)
        except DomainError as refused:
            messages.error(request, refused.detail)
        else:
            level = messages.ERROR if payout.status == Payout.Status.FAILED else messages.SUCCESS
            messages.add_message(request, level, said_of(payout))
        return redirect(till.url("payouts"))
    page = Paginator(account.payouts.all(), PER_PAGE).get_page(request.GET.get("page"))
    months = available_months(account, now=till.now)
    context = till.context(
        account=account,
        payable=payable_of(account),
        page=page,
        rows=[payout_row(payout) for payout in page],
        statements=[{"month": one, "url": till.url("statement", one.year, one.month)} for one in months],
    )
    return render(request, "payments/operator/payouts.html", context)
