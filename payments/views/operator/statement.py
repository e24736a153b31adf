"""An operator's month: as a page, as PDF, as a table."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.views.requests import SignedInRequest
from evbooking.core.spreadsheets import csv_answer
from payments.errors import PlanLimit
from payments.models import OperatorAccount
from payments.selectors.statements import Statement
from payments.services.statements import CSV_HEAD, csv_rows, render_statement, statement, summary_of
from payments.views.operator.till import Till
from stations.views.doors import operator_page

PER_PAGE: Final = 100
_PDF: Final = "application/pdf"


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
    if chosen in {"csv", "pdf"}:
        return _file(told, account, chosen)
    context = till.context(
        account=account,
        told=told,
        page=Paginator(told.lines, PER_PAGE).get_page(request.GET.get("page")),
        summary=summary_of(told),
        pdf_url=till.url("statement", year, month, format="pdf"),
        csv_url=till.url("statement", year, month, format="csv"),
    )
    return render(request, "payments/operator/statement.html", context)


def _file(told: Statement, account: OperatorAccount, kind: str) -> HttpResponse:
    name = f"statement-{account.code}-{told.first:%Y-%m}"
    if kind == "csv":
        return csv_answer(name, CSV_HEAD, csv_rows(told))
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "private, no-cache"}
    return HttpResponse(render_statement(told, account), content_type=_PDF, headers=headers)
