"""The query parameters of places, and what they mean to the selectors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from rest_framework import serializers

from accounts.models import User, Vehicle
from accounts.selectors import vehicles_of
from bookings.api.places.fields import (
    FiniteFloatField,
    LatitudeField,
    LongitudeField,
    NearInstantField,
    NearInstantOrDayField,
    OpaqueIdField,
)
from bookings.availability import Window, Wish
from bookings.places import Place
from evbooking.core.api.fields import DecimalStringField, at_site
from evbooking.core.errors import Invalid
from evbooking.core.ocpi import ConnectorType, Facility

MAX_DURATION_MINUTES: Final = 2880
_HALF_ROUND_KM: Final = 20_100

Query = serializers.Serializer[Any]


class WishQuery(Query):
    """What is to be plugged in, and for how long."""

    duration_minutes = serializers.IntegerField(min_value=1, max_value=MAX_DURATION_MINUTES, required=False)
    connector = serializers.ChoiceField(ConnectorType.choices, required=False)
    vehicle = serializers.CharField(max_length=64, required=False)


class StationSlotsQuery(WishQuery):
    date_from = NearInstantOrDayField(required=False, help_text="default: now")
    date_to = NearInstantOrDayField(required=False, help_text="default: a day later; at most 14 days later")


class SlotsQuery(WishQuery):
    lat = LatitudeField()
    lon = LongitudeField()
    radius_km = FiniteFloatField(min_value=0, max_value=_HALF_ROUND_KM, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=50, default=30)

    def get_fields(self) -> dict[str, Any]:
        """`from` and `to` are no names that a class body can give."""
        edge: dict[str, Any] = {"required": False, "default": None}
        return super().get_fields() | {
            "from": NearInstantOrDayField(**edge, help_text="default: now"),
            "to": NearInstantOrDayField(**edge, help_text="default: 12 hours later; at most 24 hours later"),
        }


class StationsQuery(Query):
    lat = LatitudeField(required=False)
    lon = LongitudeField(required=False)
    radius_km = FiniteFloatField(min_value=0, max_value=_HALF_ROUND_KM, required=False)
    q = serializers.CharField(
        max_length=100, default="", allow_blank=True, help_text="name, address, city, postal code, operator"
    )
    connector = serializers.ChoiceField(ConnectorType.choices, required=False)
    min_power_kw = DecimalStringField(max_digits=7, decimal_places=3, min_value=0, required=False)
    available_from = NearInstantOrDayField(required=False, help_text="has a free start from then")
    available_to = NearInstantOrDayField(
        required=False, help_text="and before then, at most 14 days later; of the first 1,000"
    )
    duration_minutes = serializers.IntegerField(min_value=1, max_value=MAX_DURATION_MINUTES, required=False)
    operator = OpaqueIdField(required=False)
    facility = serializers.ChoiceField(Facility.choices, required=False)
    disabled_bay = serializers.BooleanField(required=False, default=None, allow_null=True)
    updated_since = NearInstantField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for one, other in (("lat", "lon"), ("lon", "lat")):
            if one in attrs and other not in attrs:
                raise serializers.ValidationError({other: "lat and lon come together."}, code="required")
        return attrs


def window_of(
    earliest: datetime | date | None,
    before: datetime | date | None,
    *,
    now: datetime,
    usual: timedelta,
    longest: timedelta,
    field: str,
) -> Window:
    """The window of two query parameters; `field` is the name of the second. Raises Invalid.

    A missing begin means now, a missing end `usual` later. Days of 25 hours count as one day.
    """
    begin = now if earliest is None else earliest
    end = _later(begin, usual) if before is None else before
    lasting = at_site(end, UTC) - at_site(begin, UTC)
    if lasting < timedelta():
        raise Invalid.one(field, "end_before_start", "The end comes before the begin.")
    if lasting > longest:
        raise Invalid.one(field, "range_too_long", f"At most {longest // timedelta(hours=1)} hours at once.")
    return Window(begin, end)


def wish_of(query: Mapping[str, Any], user: User | AnonymousUser) -> Wish:
    """The wish of a query; a vehicle is one of the caller's own. Raises Invalid `unknown_vehicle`."""
    vehicle_id = query.get("vehicle")
    vehicle = None if vehicle_id is None else own_vehicle(user, vehicle_id)
    return Wish(query.get("connector"), vehicle)


def own_vehicle(user: User | AnonymousUser, vehicle_id: str) -> Vehicle:
    """One of the caller's own cars. Raises Invalid `unknown_vehicle`, also for someone else's."""
    wanted = OpaqueIdField().to_internal_value(vehicle_id)
    found = vehicles_of(user).filter(pk=wanted).first() if isinstance(user, User) else None
    if found is None:
        raise Invalid.one("vehicle", "unknown_vehicle", "You have no such vehicle.")
    return found


def duration_of(query: Mapping[str, Any]) -> timedelta | None:
    """The duration asked for, None for the station's usual one."""
    minutes = query.get("duration_minutes")
    return None if minutes is None else timedelta(minutes=minutes)


def place_of(query: Mapping[str, Any]) -> Place | None:
    """Where the caller is, None without coordinates."""
    if "lat" not in query:
        return None
    return Place(query["lat"], query["lon"], query.get("radius_km"))


def _later(begin: datetime | date, lasting: timedelta) -> datetime | date:
    """That much after a begin; after a day, whole days."""
    return begin + lasting if isinstance(begin, datetime) else begin + max(lasting, timedelta(days=1))
