"""Calendars of the operator's stations, for somebody of the staff."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accounts.views.requests import SignedInRequest
from bookings.links import feed_address
from bookings.selectors.calendars import feeds_of
from bookings.services.calendars import renew_feed, revoke_feed
from bookings.views.calendars import shown
from bookings.views.operator.desk import open_desk
from stations.models import Station
from stations.selectors import get_station
from stations.views.doors import operator_page

PER_PAGE: Final = 50


@never_cache
@operator_page("GET")
def calendars(request: SignedInRequest) -> HttpResponse:
    """The stations, and whether the person has a feed of each."""
    return _page(request)


@never_cache
@operator_page("POST")
def renew_calendar(request: SignedInRequest, station_id: UUID) -> HttpResponse:
    """Make the person's feed of the station, or a new address, and show it this once."""
    station = get_station(request.user, station_id)
    _, token = renew_feed(request.user, station=station, now=timezone.now())
    return _page(request, station, feed_address(token))


@operator_page("POST")
def stop_calendar(request: SignedInRequest, station_id: UUID) -> HttpResponse:
    """Take the person's feed of the station back."""
    station = get_station(request.user, station_id)
    feed = feeds_of(request.user).filter(station=station).first()
    if feed is not None:
        revoke_feed(feed, actor=request.user)
        messages.success(request, "The private address leads nowhere any more.")
    return redirect("desk:calendars")


def _page(request: SignedInRequest, renewed: Station | None = None, address: str = "") -> HttpResponse:
    desk = open_desk(request)
    feeds = {feed.station_id: feed for feed in feeds_of(request.user)}
    page = Paginator(desk.stations, PER_PAGE).get_page(request.GET.get("page"))
    rows = [(station, feeds.get(station.pk)) for station in page]
    context = {"desk": desk, "page": page, "rows": rows, "renewed": renewed, **shown(address)}
    return render(request, "operator/bookings/calendars.html", context)
