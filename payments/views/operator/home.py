"""The operator's money at a glance."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render

from accounts.views.requests import SignedInRequest
from payments.plans import plan_of
from payments.presentation.onboarding import standing_of
from payments.presentation.payouts import next_weekly, payout_row
from payments.presentation.plots import columns
from payments.selectors.operator_money import glance
from payments.selectors.payable import payable_of
from payments.services.statements import available_months
from payments.views.operator.till import Till
from payments.views.provider import provider_context
from stations.views.doors import operator_page

_LAST: Final = 5


@operator_page("GET")
def home(request: SignedInRequest) -> HttpResponse:
    """What is owed and when it comes, the last payouts, unpaid bills, disputes, the plan."""
    till = Till(request)
    account = till.account
    seen = glance(till.operator, currency=account.currency, now=till.now)
    weeks = [(f"week of {monday.day} {monday:%b}", money) for monday, money in seen.weeks]
    months = available_months(account, now=till.now)[:_LAST]
    context = till.context(
        account=account,
        standing=standing_of(account),
        payable=payable_of(account),
        glance=seen,
        plot=columns(f"Earned online each week in {account.currency}", weeks),
        next_payout=next_weekly(till.now),
        rows=[payout_row(payout) for payout in account.payouts.all()[:_LAST]],
        statements=[{"month": one, "url": till.url("statement", one.year, one.month)} for one in months],
        plan=plan_of(till.operator).label,
        **provider_context(),
    )
    return render(request, "payments/operator/home.html", context)
