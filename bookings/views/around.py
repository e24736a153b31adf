"""The best slots across the stations of a search, above its list: ranked when somebody asks, never before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.http import HttpRequest

from accounts.models import User, Vehicle
from bookings.energy import energy_for
from bookings.forms.best import BestForm
from bookings.forms.search import SearchForm
from bookings.presentation.recommended import Best, Option, best_slots, order_options, preference_options
from bookings.ranking.candidates import RankingRequest
from bookings.services.recommend import recommend
from bookings.views.searching import Origin, origin_of, starts_of

_USUAL_KW: Final = Decimal(11)
_USUAL_TIME: Final = timedelta(hours=2)
_ASKED_BY: Final = {"prefer", "order"}


@dataclass(frozen=True, slots=True)
class Around:
    """What stands above the list: for which car or connector how much, the ways to choose, and what was found.

    `plug` is False for who has neither a car nor said a connector. `ways` is how somebody wants them chosen, None
    before anybody said so; `best` is then None where nothing is free, and `origin` where the way begins.
    """

    signed_in: bool
    plug: bool = False
    vehicle: Vehicle | None = None
    energy_kwh: Decimal = Decimal(0)
    ways: BestForm | None = None
    origin: Origin | None = None
    best: Best | None = None

    @property
    def preferences(self) -> list[Option]:
        return preference_options(self.ways.preference if self.ways else None)

    @property
    def orders(self) -> list[Option]:
        return order_options(self.ways.plain if self.ways else None)


def around(request: HttpRequest, form: SearchForm, *, cars: Sequence[Vehicle], now: datetime) -> Around:
    """For the car chosen, else the first that takes the connector searched; no query before a way is chosen."""
    if not isinstance(request.user, User):
        return Around(signed_in=False)
    vehicle = form.chosen_vehicle or _first_that_fits(cars, form.value("connector"))
    if vehicle is None and form.value("connector") is None:
        return Around(signed_in=True)
    energy = _energy(form, vehicle)
    asked = Around(
        True, True, vehicle, energy, BestForm(request.GET) if _ASKED_BY & request.GET.keys() else None
    )
    return _answered(asked, request.user, form, now) if asked.ways else asked


def _answered(asked: Around, driver: User, form: SearchForm, now: datetime) -> Around:
    origin = origin_of(form)
    if origin is None or asked.ways is None:
        return asked
    earliest, latest = starts_of(form, now)
    latitude, longitude, radius_km = origin.place
    found = recommend(
        driver,
        RankingRequest(
            latitude, longitude, asked.energy_kwh, earliest, latest, preference=asked.ways.preference
        ),
        connector=form.value("connector"),
        vehicle=asked.vehicle,
        now=now,
        plain=asked.ways.plain,
        among=form.station_filter,
        radius_km=radius_km,
    )
    best = best_slots(found, asked.ways, vehicle=asked.vehicle) if found.ranked else None
    return replace(asked, origin=origin, best=best)


def _first_that_fits(cars: Sequence[Vehicle], connector: str | None) -> Vehicle | None:
    return next((car for car in cars if connector is None or connector in car.connectors), None)


def _energy(form: SearchForm, vehicle: Vehicle | None) -> Decimal:
    """kWh of the time searched, at 11 kW, the car's or the least power searched; else of two hours at 11 kW."""
    if form.lasting is None:
        return energy_for(_USUAL_KW, _USUAL_TIME, vehicle)
    usual = min(_USUAL_KW, (vehicle and vehicle.max_ac_kw) or _USUAL_KW)
    return energy_for(max(usual, form.value("min_power_kw") or usual), form.lasting, vehicle)
