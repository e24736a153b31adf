"""Disputes and failed refunds of all operators, for administrators."""

from typing import Final

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from accounts.views.requests import SignedInRequest
from evbooking.core.money import Money
from payments.models import Refund
from payments.selectors.payments import all_disputes
from payments.views.operator.disputes import dispute_row
from stations.views.doors import administrator_page

PER_PAGE: Final = 50


@administrator_page("GET")
def disputes(request: SignedInRequest) -> HttpResponse:
    """The newest first."""
    page = Paginator(all_disputes(), PER_PAGE).get_page(request.GET.get("page"))
    failed = Refund.objects.filter(status=Refund.Status.FAILED).select_related("payment__account__booking")
    context = {
        "page": page,
        "rows": [dispute_row(one) for one in page],
        "failed": [
            {"refund": one, "money": Money(one.amount, one.currency)}
            for one in failed.order_by("-last_updated")[:PER_PAGE]
        ],
    }
    return render(request, "payments/console/disputes.html", context)
