"""The driver's money: the history with its documents, as a page and as CSV, and each document as PDF."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.views.requests import SignedInRequest
from evbooking.core import when
from evbooking.core.money import Money
from evbooking.core.spreadsheets import csv_answer
from payments.documents.answer import pdf_answer
from payments.forms.history import HistoryForm
from payments.models import Document, Refund
from payments.selectors.documents import document_of_number
from payments.selectors.history import Movement, What, movements_of, papers_of

PER_PAGE: Final = 30
_HEAD: Final = ("time", "what", "amount", "currency", "card", "booking", "station")
_WORDS: Final = {What.AUTHORISED: "Authorised, not taken", What.PAID: "Paid", What.REFUNDED: "Refunded"}
_STATES: Final = {"PENDING": "Refund under way", "FAILED": "Refund failed, we are looking into it"}


@login_required
@require_safe
def history(request: SignedInRequest) -> HttpResponse:
    """All movements of money, or those of a kind and time.

    `format=csv` is the same as a table, without refunds that failed: its amounts can be summed.
    """
    form = HistoryForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = movements_of(request.user, **chosen)
    if request.GET.get("format") == "csv" and form.is_valid():
        moved = (row for row in rows.iterator(chunk_size=2000) if not _came_back(row))
        return csv_answer("payments", _HEAD, (_cells(row) for row in moved))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    papers = papers_of(request.user, {row["reference"] for row in page})
    asked = {name: value for name, value in request.GET.items() if name in form.fields}
    context = {
        "form": form,
        "page": page,
        "rows": [_row(row, papers) for row in page],
        "filtered": any(asked.values()),
        "csv_url": f"{reverse('payments:history')}?{urlencode({**asked, 'format': 'csv'})}",
    }
    return render(request, "payments/history.html", context)


@login_required
@require_safe
def document(request: SignedInRequest, document: str) -> HttpResponse:
    """An invoice, credit note or receipt as PDF."""
    found = document_of_number(request.user, document)
    if found is None:
        raise Http404
    return pdf_answer(found)


def _row(row: Movement, papers: dict[str, list[Document]]) -> dict[str, Any]:
    what = What(row["what"])
    return {
        "day": when.day(row["at"], ZoneInfo(row["zone"])),
        "clock": when.clock(row["at"], ZoneInfo(row["zone"])),
        "words": _STATES.get(row["state"], _WORDS[what]) if what is What.REFUNDED else _WORDS[what],
        "money": Money(row["moved"], row["unit"]).as_json(),
        "card": row["by_card"],
        "reference": row["reference"],
        "station": row["station"],
        "papers": papers.get(row["reference"], []) if what is not What.AUTHORISED else [],
    }


def _came_back(row: Movement) -> bool:
    """Whether it is a refund that failed: that money did not move."""
    return row["what"] == What.REFUNDED and row["state"] == Refund.Status.FAILED


def _cells(row: Movement) -> list[Any]:
    money = Money(row["moved"], row["unit"])
    at = row["at"].isoformat()
    return [at, row["what"], money.amount, money.currency, row["by_card"], row["reference"], row["station"]]
