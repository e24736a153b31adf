"""What is known of a station's demand and prices: the ground of a hint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Avg, DurationField, ExpressionWrapper, F

from bookings.models import Booking
from bookings.quoting import quote_for
from bookings.selectors.utilisation import USED
from scheduler_rl.arrays import Floats
from scheduler_rl.models import StationOutlook
from scheduler_rl.pricing import Market, hourly_worth
from scheduler_rl.worlds.city import KINDS
from stations.grid import local_midnight
from stations.models import Connector, Station, TariffVersion

RECENT: Final = timedelta(days=56)  # eight weeks: the season, not the year
_QUARTER: Final = timedelta(minutes=15)
_USUAL_STAY: Final = timedelta(minutes=90)
_USUAL_KWH: Final = Decimal(20)
_USUAL_KW: Final = Decimal(11)
_WEEKDAY, _WEEKEND_DAY = 2, 5  # a Wednesday and a Saturday: no clock changes on them


@dataclass(frozen=True, slots=True)
class Ground:
    """A station's market, the currency of its tariff, and when its outlook was fitted."""

    market: Market
    currency: str
    fitted_at: datetime


@dataclass(frozen=True, slots=True)
class _Visit:
    """What is usual at a station: never more energy than its fastest plug gives in the stay."""

    stay: timedelta
    energy: Decimal
    power: Decimal


def ground_of(station: Station, *, now: datetime) -> Ground | None:
    """None before the first nightly refit, without a tariff or without charge points; five queries."""
    outlooks = {one.kind: one for one in StationOutlook.objects.filter(station=station)}
    units = station.evses.filter(removed_at=None, walk_in_only=False).count()
    version = station.tariff.current if station.tariff else None
    if len(outlooks) < len(KINDS) or not units or version is None:
        return None
    both = [outlooks[kind] for kind in KINDS]
    usual = _usual(station, now)
    market = Market(
        demand=np.array([one.demand for one in both]),
        worth=hourly_worth(np.array([one.prices for one in both])),
        present=_present(version, station, usual, now),
        connectors=units,
        stay=usual.stay / timedelta(hours=1),
        energy=float(usual.energy),
    )
    return Ground(market, str(version.document["currency"]), both[0].fitted_at)


def dearest_of(stations: Sequence[Station]) -> Station | None:
    """The one whose connectors are worth most to others: the first to look at. None without stations."""
    worth = {one.pk: 0.0 for one in stations}
    for station_id, prices in StationOutlook.objects.filter(station__in=worth).values_list(
        "station", "prices"
    ):
        worth[station_id] += sum(prices)
    return max(stations, key=lambda one: worth[one.pk], default=None)


def _usual(station: Station, now: datetime) -> _Visit:
    """Means of the last eight weeks, the stay in whole quarter hours."""
    lasting = ExpressionWrapper(F("end") - F("start"), output_field=DurationField())
    found = Booking.objects.filter(
        station=station, start__gte=now - RECENT, start__lt=now, status__in=USED, reference__isnull=False
    ).aggregate(stay=Avg(lasting), energy=Avg("energy_kwh"))
    stay = found["stay"] or _USUAL_STAY
    stay = max(round(stay / _QUARTER), 1) * _QUARTER
    plugs = Connector.objects.filter(evse__station=station, evse__removed_at=None)
    power = max((plug.power_kw for plug in plugs), default=_USUAL_KW)
    energy = min(round(found["energy"] or _USUAL_KWH, 2), power * Decimal(stay / timedelta(hours=1)))
    return _Visit(stay, energy, power)


def _present(version: TariffVersion, station: Station, usual: _Visit, now: datetime) -> Floats:
    """EUR (or the tariff's currency) per kWh that such a visit costs now if it begins at each hour, (2, 24)."""
    zone = ZoneInfo(station.time_zone)
    days = (_next(now.astimezone(zone).date(), weekday) for weekday in (_WEEKDAY, _WEEKEND_DAY))
    prices = []
    for day in days:
        midnight = local_midnight(zone, day)
        for hour in range(24):
            start = midnight + timedelta(hours=hour)
            quote = quote_for(
                version,
                zone=zone,
                start=start,
                end=start + usual.stay,
                energy_kwh=usual.energy,
                power_kw=usual.power,
            )
            prices.append(float(quote.total.amount / usual.energy))
    return np.array(prices).reshape(2, 24)


def _next(today: date, weekday: int) -> date:
    return today + timedelta(days=(weekday - today.weekday()) % 7)
