"""An operator's statement as an HTTP answer, under the name of its month."""

from typing import Final

from django.http import HttpResponse

from evbooking.core.spreadsheets import csv_answer
from payments.models import OperatorAccount
from payments.selectors.statements import Statement
from payments.services.statements import CSV_HEAD, csv_rows, render_statement

_PDF: Final = "application/pdf"


def statement_csv(told: Statement, account: OperatorAccount) -> HttpResponse:
    return csv_answer(_name(told, account), CSV_HEAD, csv_rows(told))


def statement_pdf(told: Statement, account: OperatorAccount) -> HttpResponse:
    """Shown by the browser; nobody between may keep it."""
    disposition = f'inline; filename="{_name(told, account)}.pdf"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "private, no-cache"}
    return HttpResponse(render_statement(told, account), content_type=_PDF, headers=headers)


def _name(told: Statement, account: OperatorAccount) -> str:
    return f"statement-{account.code}-{told.first:%Y-%m}"
