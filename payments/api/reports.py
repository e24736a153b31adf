"""Reports about money, as JSON or CSV."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any, Final
from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from accounts.models import Membership
from accounts.selectors import choose_operator
from bookings.api.bookings.inputs import UtilisationQuery
from bookings.api.station_reports import check_range
from evbooking.core.api.fields import DecimalStringField, MoneyField
from evbooking.core.api.serializers import read_query
from evbooking.core.api.views import ApiView
from evbooking.core.money import Money
from evbooking.core.spreadsheets import csv_answer
from payments.selectors.revenue import (
    Figures,
    Settled,
    StationDay,
    VatSum,
    revenue_days,
    settled,
    total,
    vat_by_rate,
)

AMOUNTS: Final = [field.name for field in fields(Figures) if field.name != "bills"]
_HEAD: Final = ["day", "station_id", "name", "currency", "bills", *AMOUNTS]
Shape = serializers.Serializer[Any]


class FiguresShape(Shape):
    """Sums of one currency; `vat` and `fees` are parts of the turnover, `on_site` was paid at the charger."""

    bills = serializers.IntegerField(help_text="bills and credits")
    turnover = MoneyField(help_text="bills less credits, VAT included")
    vat = MoneyField()
    fees = MoneyField(help_text="the platform's")
    on_site = MoneyField()
    refunds = MoneyField()
    lost = MoneyField(help_text="the operator's part of lost disputes")


class StationDayShape(FiguresShape):
    station_id = serializers.UUIDField()
    name = serializers.CharField()
    day = serializers.DateField(help_text="at the site")


class RevenueTotalShape(FiguresShape):
    paid_out = MoneyField(help_text="in the window")
    outstanding = MoneyField(help_text="earned and not paid out by the end of the window")


class VatSumShape(Shape):
    rate = DecimalStringField(max_digits=5, decimal_places=2, allow_null=True, help_text="percentage")
    before_taxes = MoneyField()
    taxes = MoneyField()


class RevenueShape(Shape):
    operator = serializers.UUIDField()
    totals = RevenueTotalShape(many=True, help_text="one a currency")
    vat = VatSumShape(many=True)
    results = StationDayShape(many=True)


class RevenueView(ApiView):
    may_not_find = True

    @extend_schema(
        tags=["operators"],
        operation_id="operator_revenue",
        parameters=[UtilisationQuery],
        responses={
            (200, "application/json"): RevenueShape,
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "`results`, one row a station and day"),
        },
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """What the ledger holds of each station and day in [from, to), at most 366 days. Managers and owners."""
        query = read_query(request, UtilisationQuery)
        operator = choose_operator(request.user, query.get("operator"), minimum=Membership.Role.MANAGER)
        window = {"since": query["from"], "before": query["to"]}
        check_range(query["from"], query["to"])
        days = revenue_days(operator, **window)
        if query["format"] == "csv":
            return csv_answer("revenue", _HEAD, (_cells(one) for one in days))
        ends = settled(operator, **window)
        return Response(_document(operator.pk, days, ends, vat_by_rate(operator, **window)))


def amounts_json(figures: Figures, currency: str) -> dict[str, Any]:
    """Figures with money objects."""
    values = asdict(figures)
    return {"bills": figures.bills} | {name: Money(values[name], currency).as_json() for name in AMOUNTS}


def _document(
    operator: UUID, days: list[StationDay], ends: list[Settled], vat: list[VatSum]
) -> dict[str, Any]:
    return {
        "operator": operator,
        "totals": [_total(end, days) for end in ends],
        "vat": [_vat(row) for row in vat],
        "results": [_row(one) for one in days],
    }


def _total(end: Settled, days: Iterable[StationDay]) -> dict[str, Any]:
    figures = total(one.figures for one in days if one.currency == end.currency)
    return {
        **amounts_json(figures, end.currency),
        "paid_out": Money(end.paid_out, end.currency).as_json(),
        "outstanding": Money(end.outstanding, end.currency).as_json(),
    }


def _vat(row: VatSum) -> dict[str, Any]:
    return {
        "rate": row.rate,
        "before_taxes": Money(row.before_taxes, row.currency).as_json(),
        "taxes": Money(row.taxes, row.currency).as_json(),
    }


def _row(one: StationDay) -> dict[str, Any]:
    where = {"station_id": one.station_id, "name": one.name, "day": one.day}
    return {**where, **amounts_json(one.figures, one.currency)}


def _cells(one: StationDay) -> list[Any]:
    values = asdict(one.figures)
    amounts = [Money(values[name], one.currency).amount for name in AMOUNTS]
    return [one.day, one.station_id, one.name, one.currency, one.figures.bills, *amounts]
