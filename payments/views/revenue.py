"""An operator's revenue, from the ledger."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Operator
from accounts.selectors import operators_of
from accounts.views.requests import SignedInRequest
from evbooking.core.errors import Forbidden, NotFound
from payments.forms.period import MoneyPeriodForm
from payments.presentation.revenue import revenue_page
from payments.selectors.revenue import revenue_days, settled, vat_by_rate
from payments.selectors.windows import home_zone
from stations.views.doors import operator_page

_USUAL: Final = timedelta(days=30)


@operator_page("GET")
def revenue(request: SignedInRequest) -> HttpResponse:
    """Turnover, VAT, fees, refunds, paid out and outstanding; by default of the last 30 days and today."""
    operators = list(operators_of(request.user, Membership.Role.MANAGER))
    operator = chosen_operator(request, operators)
    today = timezone.now().astimezone(home_zone(operator)).date()
    form = MoneyPeriodForm(
        request.GET,
        operators=operators,
        operator=str(operator.pk),
        first=(today - _USUAL).isoformat(),
        last=today.isoformat(),
    )
    context: dict[str, Any] = {"form": form, "operator": operator, "zone": home_zone(operator)}
    if form.is_valid():
        since, before = form.window
        context |= _figures(operator, since, before)
    return render(request, "payments/operator/revenue.html", context)


def chosen_operator(request: SignedInRequest, operators: list[Operator]) -> Operator:
    """The operator that the address names, or the first. Raises Forbidden for who manages none, NotFound."""
    if not operators:
        raise Forbidden
    wanted = request.GET.get("operator") or str(operators[0].pk)
    found = next((one for one in operators if str(one.pk) == wanted), None)
    if found is None:
        raise NotFound
    return found


def _figures(operator: Operator, since: date, before: date) -> dict[str, Any]:
    window = {"since": since, "before": before}
    days, ends = revenue_days(operator, **window), settled(operator, **window)
    csv = {"operator": operator.pk, "from": since, "to": before, "format": "csv"}
    return {
        "currencies": revenue_page(days, ends, vat_by_rate(operator, **window), since, before),
        "csv_url": f"{reverse('operator-revenue')}?{urlencode(csv)}",
    }
