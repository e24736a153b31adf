"""An operator's months: which there are, and each as PDF and CSV."""

from datetime import date
from typing import Any, Final

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers

from accounts.api.views.requests import SignedInRequest
from evbooking.core.api.etag import conditional
from evbooking.core.api.pagination import OpaqueCursorPagination, paginate_by_offset
from evbooking.core.api.views import ApiView
from evbooking.core.errors import NotFound
from payments.api.operator.asking import OperatorQuery, own_account
from payments.documents.statement import statement_csv, statement_pdf
from payments.models import OperatorAccount
from payments.selectors.statements import Statement
from payments.services.statements import available_months, statement

_WORDS: Final = "The statement of the month"
_PDF: Final = {(200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY, _WORDS)}
_CSV: Final = {(200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "Its movements, between the balances")}


class StatementShape(serializers.Serializer[Any]):
    month = serializers.CharField(help_text="2026-11, by the operator's clock")
    currency = serializers.CharField()
    pdf = serializers.CharField(help_text="where the PDF is")
    csv = serializers.CharField(help_text="where the table is")


class StatementsView(ApiView):
    pagination_class = OpaqueCursorPagination
    may_not_find = True

    @extend_schema(
        tags=["operators"],
        operation_id="operator_statements",
        parameters=[OperatorQuery],
        responses=StatementShape(many=True),
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """The months whose statements the operator's plan shows, the latest first. Owners."""
        account = own_account(request)
        months = available_months(account, now=timezone.now())
        page = paginate_by_offset(request, lambda offset, limit: months[offset : offset + limit])
        known = conditional(request, account.pk, account.currency, page.next, page.previous, *page.items)
        return known or page.answer([_row(account, month) for month in page.items])


class StatementPdfView(ApiView):
    @extend_schema(
        tags=["operators"],
        operation_id="operator_statement_pdf",
        parameters=[OperatorQuery],
        responses=_PDF,
    )
    def get(self, request: SignedInRequest, month: str) -> HttpResponseBase:
        """The statement of a month as PDF. 409 `plan_limit` for one farther back than the plan goes. Owners."""
        account = own_account(request)
        told = _statement(account, month)
        return _known(request, account, told) or statement_pdf(told, account)


class StatementCsvView(ApiView):
    @extend_schema(
        tags=["operators"],
        operation_id="operator_statement_csv",
        parameters=[OperatorQuery],
        responses=_CSV,
    )
    def get(self, request: SignedInRequest, month: str) -> HttpResponseBase:
        """The statement of a month as a table. 409 `plan_limit` for one farther back than the plan goes. Owners."""
        account = own_account(request)
        told = _statement(account, month)
        return _known(request, account, told) or statement_csv(told, account)


def _statement(account: OperatorAccount, month: str) -> Statement:
    try:
        wanted = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise NotFound from None
    return statement(account, year=wanted.year, month=wanted.month, now=timezone.now())


def _known(request: SignedInRequest, account: OperatorAccount, told: Statement) -> HttpResponseBase | None:
    """The books only grow, so their balances and the number of lines tell whether a month has changed."""
    balances = told.opening, told.closing, told.refunded
    return conditional(request, account.pk, account.last_updated, told.first, *balances, len(told.lines))


def _row(account: OperatorAccount, month: date) -> dict[str, Any]:
    name = f"{month:%Y-%m}"
    address = f"/api/v1/operator/statements/{name}"
    asked = f"?operator={account.pk}"
    return {
        "month": name,
        "currency": account.currency,
        "pdf": f"{address}.pdf{asked}",
        "csv": f"{address}.csv{asked}",
    }
