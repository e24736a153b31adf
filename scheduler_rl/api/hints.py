"""The hint at prices of one station, as JSON or CSV."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from accounts.models import Membership
from bookings.api.places.fields import OpaqueIdField
from evbooking.core.api.fields import DecimalStringField, InstantField, MoneyField
from evbooking.core.api.json import instant
from evbooking.core.api.serializers import read_query
from evbooking.core.api.views import ApiView
from evbooking.core.money import Money
from evbooking.core.spreadsheets import csv_answer
from scheduler_rl.forms import LEAST_ELASTICITY
from scheduler_rl.presentation.hints import Hint, HourHint, hint_of
from scheduler_rl.pricing import ELASTICITY
from scheduler_rl.selectors.market import ground_of
from stations.selectors import get_station

Shape = serializers.Serializer[Any]
_MONEY: Final = ("present_price", "suggested_price", "present_revenue", "expected_revenue")


class PriceHintQuery(Shape):
    station = OpaqueIdField()
    elasticity = serializers.FloatField(
        default=ELASTICITY,
        min_value=LEAST_ELASTICITY,
        max_value=0,
        help_text="of demand to the price: an assumption, -0.4 by default",
    )

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {"format": serializers.ChoiceField(["json", "csv"], default="json")}


class HourHintShape(Shape):
    """One hour of a kind of day at the site; prices per kWh, revenue of that hour of one such day."""

    kind = serializers.ChoiceField(["weekday", "weekend"])
    hour = serializers.IntegerField(help_text="0 to 23")
    present_price = MoneyField()
    suggested_price = MoneyField()
    present_utilisation = DecimalStringField(max_digits=5, decimal_places=4, help_text="of one")
    expected_utilisation = DecimalStringField(max_digits=5, decimal_places=4, help_text="of one")
    present_revenue = MoneyField()
    expected_revenue = MoneyField()


class PriceHintShape(Shape):
    """Nothing of it is ever applied by itself."""

    station = serializers.UUIDField()
    elasticity = serializers.FloatField()
    fitted_at = InstantField(allow_null=True, help_text="when demand and shadow prices were fitted")
    present_weekly_revenue = MoneyField(allow_null=True)
    expected_weekly_revenue = MoneyField(allow_null=True)
    results = HourHintShape(many=True)


class PriceHintView(ApiView):
    may_not_find = True

    @extend_schema(
        tags=["operators"],
        operation_id="operator_price_hint",
        parameters=[PriceHintQuery],
        responses={
            (200, "application/json"): PriceHintShape,
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "The same rows, one an hour"),
        },
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """A station's present price in each hour, what its demand suggests, and what to expect of both.

        Without results before the first nightly refit, without a tariff and without charge points. Managers, owners.
        """
        query = read_query(request, PriceHintQuery)
        station = get_station(request.user, query["station"], minimum=Membership.Role.MANAGER)
        elasticity = query["elasticity"]
        ground = ground_of(station, now=timezone.now())
        hint = hint_of(ground, elasticity=elasticity) if ground else None
        if query["format"] == "csv":
            return csv_answer("price-hint", HourHint._fields, hint.rows if hint else [])
        head = {"station": station.pk, "elasticity": elasticity}
        return Response(head | _figures(ground.fitted_at if ground else None, hint))


def _figures(fitted_at: datetime | None, hint: Hint | None) -> dict[str, Any]:
    return {
        "fitted_at": fitted_at and instant(fitted_at),
        "present_weekly_revenue": hint and _money(hint.present.weekly_revenue, hint),
        "expected_weekly_revenue": hint and _money(hint.suggested.weekly_revenue, hint),
        "results": [_row(row, hint) for row in hint.rows] if hint else [],
    }


def _row(row: HourHint, hint: Hint) -> dict[str, Any]:
    return row._asdict() | {name: _money(getattr(row, name), hint) for name in _MONEY}


def _money(amount: float | Decimal, hint: Hint) -> dict[str, str]:
    return Money(Decimal(str(amount)), hint.currency).as_json()
