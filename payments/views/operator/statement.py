"""An operator's month: as a page, as PDF, as a table."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.views.requests import SignedInRequest
from payments.documents.statement import statement_csv, statement_pdf
from payments.errors import PlanLimit
from payments.services.statements import statement, summary_of
from payments.views.operator.till import Till
from stations.views.doors import operator_page

PER_PAGE: Final = 100


@operator_page("GET")
def month(request: SignedInRequest, year: int, month: int) -> HttpResponse:
    """The statement; `format` csv or pdf is the same to keep. A month beyond the plan leads to the plans."""
    till = Till(request)
    account = till.account
    try:
        told = statement(account, year=year, month=month, now=till.now)
    except PlanLimit as refused:
        messages.error(request, refused.detail)
        return redirect(till.url("plan"))
    chosen = request.GET.get("format")
    if chosen == "csv":
        return statement_csv(told, account)
    if chosen == "pdf":
        return statement_pdf(told, account)
    context = till.context(
        account=account,
        told=told,
        page=Paginator(told.lines, PER_PAGE).get_page(request.GET.get("page")),
        summary=summary_of(told),
        pdf_url=till.url("statement", year, month, format="pdf"),
        csv_url=till.url("statement", year, month, format="csv"),
    )
    return render(request, "payments/operator/statement.html", context)
