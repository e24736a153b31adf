"""The administrators' report about the platform's money, as JSON or CSV."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any, Final

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAdminUser
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from bookings.api.places.fields import NearInstantOrDayField
from bookings.api.station_reports import check_range
from evbooking.core.api.fields import DecimalStringField, MoneyField
from evbooking.core.api.serializers import read_query
from evbooking.core.api.views import ApiView
from evbooking.core.money import Money
from evbooking.core.spreadsheets import csv_answer
from payments.selectors.platform import (
    UTC,
    Holds,
    PlatformFigures,
    PlatformMonth,
    Unpaid,
    holds,
    platform_months,
    unpaid,
)
from payments.selectors.windows import instant_of

AMOUNTS: Final = [*(field.name for field in fields(PlatformFigures)), "net"]
_HEAD: Final = ["month", "operator_id", "name", "currency", *AMOUNTS]
Shape = serializers.Serializer[Any]


class PlatformQuery(serializers.Serializer[Any]):
    """`from` and `to`: instants, or days that begin at midnight UTC."""

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {
            "from": NearInstantOrDayField(),
            "to": NearInstantOrDayField(),
            "format": serializers.ChoiceField(["json", "csv"], default="json"),
        }


class PlatformMonthShape(Shape):
    """One operator in one month (UTC), in one currency."""

    operator = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    month = serializers.DateField(help_text="its first day")
    turnover = MoneyField(help_text="bills less credits, VAT included")
    online = MoneyField(help_text="of it not paid at the charger")
    fees = MoneyField()
    plans = MoneyField(help_text="operators' subscriptions")
    stripe_fees = MoneyField()
    lost = MoneyField(help_text="the platform's part of lost disputes")
    refunds = MoneyField()
    disputed = MoneyField(help_text="disputes opened")
    net = MoneyField(help_text="fees and plans less Stripe's fees and what was lost")


class HoldsShape(Shape):
    """Holds to be paid online that ended in the window."""

    paid = serializers.IntegerField()
    abandoned = serializers.IntegerField()
    conversion = DecimalStringField(max_digits=5, decimal_places=4, allow_null=True)


class UnpaidShape(Shape):
    """What drivers owe now for bookings that could not be charged."""

    bookings = serializers.IntegerField()
    amount = MoneyField()


class PlatformShape(Shape):
    results = PlatformMonthShape(many=True)
    holds = HoldsShape()
    unpaid = UnpaidShape(many=True)


class PlatformView(ApiView):
    permission_classes = [IsAdminUser]

    @extend_schema(
        tags=["administrators"],
        operation_id="admin_platform_report",
        parameters=[PlatformQuery],
        responses={
            (200, "application/json"): PlatformShape,
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "`results`, one row each"),
        },
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """What the ledger holds per operator and month in [from, to), at most 366 days."""
        query = read_query(request, PlatformQuery)
        check_range(query["from"], query["to"])
        window = (instant_of(query["from"], UTC), instant_of(query["to"], UTC))
        months = platform_months(*window)
        if query["format"] == "csv":
            return csv_answer("platform", _HEAD, (_cells(one) for one in months))
        document = {"results": [_row(one) for one in months], "holds": _holds(holds(*window))}
        return Response({**document, "unpaid": [_unpaid(one) for one in unpaid()]})


def _row(one: PlatformMonth) -> dict[str, Any]:
    amounts = {name: money.as_json() for name, money in zip(AMOUNTS, _monies(one), strict=True)}
    return {"operator": one.operator_id, "name": one.name, "month": one.month, **amounts}


def _cells(one: PlatformMonth) -> list[Any]:
    return [one.month, one.operator_id, one.name, one.currency, *(money.amount for money in _monies(one))]


def _monies(one: PlatformMonth) -> list[Money]:
    amounts = [*asdict(one.figures).values(), one.figures.net]
    return [Money(amount, one.currency) for amount in amounts]


def _holds(ended: Holds) -> dict[str, Any]:
    share = ended.conversion
    rounded = None if share is None else f"{share:.4f}"
    return {"paid": ended.paid, "abandoned": ended.abandoned, "conversion": rounded}


def _unpaid(one: Unpaid) -> dict[str, Any]:
    return {"bookings": one.bookings, "amount": Money(one.amount, one.currency).as_json()}
