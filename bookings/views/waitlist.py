"""Waiting for a slot: getting in line from a station's page, and leaving it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods, require_POST

from accounts.views.requests import SignedInRequest
from bookings.availability import Offer, offers_at
from bookings.availability.window import usual_duration
from bookings.forms.waitlist import WALL, WaitForm
from bookings.places import Place, StationFilter, find_stations
from bookings.selectors.waitlist import entries_of
from bookings.services.waitlist.joining import join, leave
from bookings.views.requests import cars_of, public_station, say
from evbooking.core.errors import DomainError, NotFound
from stations.forms.submitting import attempt
from stations.local_time import local_midnight
from stations.models import Station

_NEARBY_KM: Final = 10.0
_NEARBY: Final = 4
_DAY: Final = timedelta(days=1)


@login_required
@require_http_methods(["GET", "POST"])
def wait(request: SignedInRequest, slug: str) -> HttpResponse:
    """GET asks for the window, filled from the picker's address; POST gets in line."""
    station, now = public_station(slug), timezone.now()
    [offer] = offers_at([(station.pk, station.revision)])
    if not offer.bookable:
        messages.info(request, "This station takes no bookings at the moment, so there is no line.")
        return redirect("stations:detail", slug)
    posted = request.method == "POST"
    form = WaitForm(
        request.POST if posted else None,
        offer=offer,
        vehicles=cars_of(request),
        nearby=_nearby(offer),
        initial=_initial(request, offer, now),
    )
    if posted and form.is_valid() and attempt(form, partial(_join, request, station, form, now)):
        messages.success(request, "You are in line. You are told as soon as a slot is yours.")
        return redirect("bookings:list")
    context = {"station": station, "zone": offer.zone, "form": form}
    return render(
        request,
        "bookings/wait.html",
        context,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
    )


@login_required
@require_POST
def leave_line(request: SignedInRequest, entry_id: UUID) -> HttpResponse:
    """The button of a place in line."""
    entry = entries_of(request.user).filter(pk=entry_id).first()
    if entry is None:
        raise NotFound
    try:
        leave(entry, actor=request.user, now=timezone.now())
        messages.success(request, "You are no longer in line.")
    except DomainError as refused:
        say(request, refused)
    return redirect("bookings:list")


def _join(request: SignedInRequest, station: Station, form: WaitForm, now: datetime) -> Any:
    asked = form.cleaned_data
    others = Station.objects.public().filter(pk__in=asked.get("also") or [])
    return join(
        request.user,
        stations=[station, *others.select_related("operator", "terms", "tariff__current")],
        earliest=asked["earliest"],
        latest=asked["latest"],
        duration_minutes=asked["duration_minutes"],
        connector=asked["connector"] or None,
        vehicle=form.chosen_vehicle,
        now=now,
    )


def _nearby(offer: Offer) -> Sequence[Offer]:
    """The nearest other stations that take bookings."""
    place = Place(offer.latitude, offer.longitude, _NEARBY_KM)
    near = find_stations(StationFilter(), place=place, limit=_NEARBY)
    found = offers_at((one.station_id, one.revision) for one in near)
    return [one for one in found if one.id != offer.id and one.bookable]


def _initial(request: SignedInRequest, offer: Offer, now: datetime) -> dict[str, Any]:
    """The day, the duration, the car and the connector that the picker was at; else the next 24 hours."""
    asked = request.GET
    try:
        day = parse_date(asked.get("day", ""))
    except ValueError:
        day = None
    today = now.astimezone(offer.zone).date()
    if day is None or not today <= day <= today + timedelta(days=366):
        day = today
    usual = usual_duration(offer.terms) // timedelta(minutes=1) if offer.terms else None
    edges = max(now, local_midnight(offer.zone, day)), local_midnight(offer.zone, day + _DAY)
    earliest, latest = (edge.astimezone(offer.zone).strftime(WALL) for edge in edges)
    return {
        "earliest": earliest,
        "latest": latest,
        "duration_minutes": asked.get("minutes") or usual,
        "vehicle": asked.get("vehicle"),
        "connector": asked.get("connector"),
    }
