"""The page of a station: what is there, what it costs, and when a slot is free."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from bookings.availability import Offer
from bookings.energy import energy_for
from bookings.forms.best import BestForm
from bookings.presentation.opening import exceptions_of, opening_now, week_of
from bookings.presentation.picker import mark_slots
from bookings.presentation.recommended import Best, best_slots
from bookings.presentation.station_row import plugs_of
from bookings.presentation.tariffs import price_notes, price_rows
from bookings.presentation.terms import general_terms
from bookings.presentation.walk_in import walk_in_outlook
from bookings.ranking.candidates import RankingRequest
from bookings.selectors import station_page
from bookings.services.recommend import recommend
from bookings.views.picking import Picking, pick_slots
from bookings.views.requests import cars_of
from evbooking.core.errors import NotFound
from stations.local_time import local_midnight
from stations.models import Station
from stations.versions import tariff_of


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One public station; the picker's day, duration, connector and car stand in the address."""
    now = timezone.now()
    page = station_page(slug, now)
    if page is None:
        raise NotFound
    offer = page.offer
    picking, best = _picked(request, offer, now)
    context = {
        "offer": offer,
        "zone": offer.zone,
        "description": Station.objects.values_list("description", flat=True).get(pk=offer.id),
        "evses": list(zip(offer.units, page.found.statuses, strict=False)),
        "plugs": plugs_of(page.found),
        "walk_in": walk_in_outlook(offer, now),
        "free": page.found.available_count,
        "images": page.images,
        "picking": picking,
        "best": best,
        "pick_url": reverse("bookings:new", args=[slug]),
        "wait_url": _wait_url(slug, picking) if picking else "",
        "live_url": f"{reverse('live')}?stations={offer.id}",
        **_hours(offer, now),
        **_prices(offer),
    }
    return render(request, "stations/detail.html", context)


def _picked(request: HttpRequest, offer: Offer, now: datetime) -> tuple[Picking | None, Best | None]:
    """The picker and the best slots, which the picker marks, too; for a visitor it marks those of its own."""
    driver = request.user if isinstance(request.user, User) else None
    picking = pick_slots(request, offer, cars=cars_of(request), now=now, marked=driver is None)
    if driver is None or picking is None:
        return picking, None
    best = _best(request, driver, offer, picking, now)
    return replace(
        picking, grid=mark_slots(picking.grid, best.marks(picking.minutes))
    ) if best else picking, best


def _best(request: HttpRequest, driver: User, offer: Offer, picking: Picking, now: datetime) -> Best | None:
    """The best slots of the chosen day, here and nearby, for a signed-in driver; recorded as shown."""
    if picking.power_kw is None:
        return None
    wish, form = picking.wish, BestForm(request.GET)
    wanted = RankingRequest(
        latitude=offer.latitude,
        longitude=offer.longitude,
        energy_kwh=energy_for(picking.power_kw, picking.duration, wish.vehicle),
        earliest=max(now, local_midnight(offer.zone, picking.day)),
        latest=local_midnight(offer.zone, picking.day + timedelta(days=1)),
        preference=form.preference,
    )
    found = recommend(
        driver, wanted, connector=wish.connector, vehicle=wish.vehicle, now=now, plain=form.plain
    )
    return best_slots(found, form, vehicle=wish.vehicle, slug=offer.slug) if found.ranked else None


def _wait_url(slug: str, picking: Picking) -> str:
    """Where to get in line for what the picker shows."""
    wish = picking.wish
    asked = {
        "day": picking.day.isoformat(),
        "minutes": str(picking.minutes),
        "vehicle": str(wish.vehicle.pk) if wish.vehicle else "",
        "connector": wish.connector or "",
    }
    return f"{reverse('bookings:wait', args=[slug])}?{urlencode(asked)}"


def _hours(offer: Offer, now: datetime) -> dict[str, Any]:
    hours = offer.calendar.hours
    return {
        "opening": opening_now(hours, offer.zone, now),
        "week": week_of(hours, offer.zone, now),
        "exceptions": exceptions_of(hours, offer.zone, now),
    }


def _prices(offer: Offer) -> dict[str, Any]:
    if offer.tariff is None:
        return {}
    tariff = tariff_of(offer.tariff)
    terms = general_terms(offer.terms, tariff.currency) if offer.terms else []
    return {"prices": price_rows(tariff), "price_notes": price_notes(tariff), "terms": terms}
