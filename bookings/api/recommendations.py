"""`POST /recommendations`: the best slots for a driver's need, each with its cost in EUR and its reason."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from bookings.api.places.fields import LatitudeField, LongitudeField, NearInstantField
from bookings.api.places.query import own_vehicle
from bookings.costs import Preference
from bookings.ports import Answer, Ranked
from bookings.ranking.candidates import RankingRequest
from bookings.services.recommend import recommend
from evbooking.core.api.fields import DecimalStringField, InstantField, MoneyField
from evbooking.core.api.json import instant
from evbooking.core.api.serializers import StrictSerializer, read_body
from evbooking.core.api.views import ApiView
from evbooking.core.errors import Invalid
from evbooking.core.money import Money
from evbooking.core.ocpi import ConnectorType

_LONGEST: Final = timedelta(days=7)
Shape = serializers.Serializer[Any]


class RecommendationInput(StrictSerializer):
    """Starts with earliest <= start < latest; a vehicle or a connector has to be named."""

    latitude = LatitudeField()
    longitude = LongitudeField()
    vehicle = serializers.CharField(max_length=64, required=False)
    connector = serializers.ChoiceField(ConnectorType.choices, required=False)
    energy_kwh = DecimalStringField(max_digits=6, decimal_places=2, min_value=1, max_value=1000)
    earliest = NearInstantField()
    latest = NearInstantField(help_text="at most 7 days after earliest")
    value_of_time_eur_h = serializers.FloatField(min_value=0, max_value=1000, required=False)
    preference = serializers.ChoiceField([str(one) for one in Preference], default="balanced")


class CostTerms(Shape):
    energy = MoneyField()
    travel = MoneyField()
    waiting = MoneyField()
    duration_mismatch = MoneyField()


class RecommendedSlot(Shape):
    rank = serializers.IntegerField()
    station = serializers.UUIDField()
    station_slug = serializers.CharField()
    station_name = serializers.CharField()
    evse_uid = serializers.CharField()
    start = InstantField()
    end = InstantField()
    score = serializers.FloatField(help_text="the sum of the terms: what it costs you, EUR")
    expected_cost = MoneyField(help_text="what the charge is quoted at")
    terms = CostTerms()
    effect_on_others = MoneyField(
        help_text="what it takes from drivers who come later, more than the kindest; score plus this is the order"
    )
    distance_km = serializers.FloatField()
    expected_wait_minutes = serializers.IntegerField(help_text="from earliest to the start")
    availability_probability = serializers.FloatField(
        allow_null=True, help_text="that a free EVSE of this kind really is free at the start"
    )
    explanation = serializers.CharField()


class RankerModel(Shape):
    name = serializers.CharField()
    version = serializers.CharField(required=False)
    sha256 = serializers.CharField(required=False)


class RecommendationAnswer(Shape):
    model = RankerModel()
    results = RecommendedSlot(many=True)


class RecommendationsView(ApiView):
    @extend_schema(
        operation_id="recommendations_create",
        request=RecommendationInput,
        responses=RecommendationAnswer,
        summary="The best slots for you, and why",
        tags=["bookings"],
    )
    def post(self, request: Request) -> Response:
        assert isinstance(request.user, User)
        body, now = read_body(request, RecommendationInput), timezone.now()
        wanted = _wanted(body)
        vehicle = own_vehicle(request.user, body["vehicle"]) if "vehicle" in body else None
        found = recommend(request.user, wanted, connector=body.get("connector"), vehicle=vehicle, now=now)
        return Response(_answer(found, wanted))


def _wanted(body: dict[str, Any]) -> RankingRequest:
    if "vehicle" not in body and "connector" not in body:
        raise Invalid.one("vehicle", "required", "Name a vehicle of yours or a connector.")
    if body["latest"] <= body["earliest"]:
        raise Invalid.one("latest", "end_before_start", "latest comes after earliest.")
    if body["latest"] - body["earliest"] > _LONGEST:
        raise Invalid.one("latest", "range_too_long", "At most 7 days at once.")
    return RankingRequest(
        latitude=body["latitude"],
        longitude=body["longitude"],
        energy_kwh=body["energy_kwh"],
        earliest=body["earliest"],
        latest=body["latest"],
        value_of_time_eur_h=body.get("value_of_time_eur_h"),
        preference=Preference(body["preference"]),
    )


def _answer(found: Answer, wanted: RankingRequest) -> dict[str, Any]:
    model = dict(zip(("name", "version", "sha256"), found.version.split(), strict=False))
    return {
        "model": model,
        "results": [_slot(rank, one, wanted) for rank, one in enumerate(found.ranked, start=1)],
    }


def _slot(rank: int, one: Ranked, wanted: RankingRequest) -> dict[str, Any]:
    candidate = one.candidate
    currency = candidate.price.currency
    return {
        "rank": rank,
        "station": str(candidate.station_id),
        "station_slug": candidate.station_slug,
        "station_name": candidate.station_name,
        "evse_uid": candidate.evse_uid,
        "start": instant(candidate.start),
        "end": instant(candidate.end),
        "score": one.score,
        "expected_cost": candidate.price.as_json(),
        "terms": {name: _money(value, currency) for name, value in one.terms._asdict().items()},
        "effect_on_others": _money(one.others, currency),
        "distance_km": round(candidate.distance_km, 3),
        "expected_wait_minutes": round((candidate.start - wanted.earliest).total_seconds() / 60),
        "availability_probability": candidate.chance,
        "explanation": one.reason,
    }


def _money(value: float, currency: str) -> dict[str, str]:
    return Money(Decimal(f"{value:.2f}"), currency).as_json()
