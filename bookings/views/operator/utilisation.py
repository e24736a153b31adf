"""How much the operator's stations were booked, each EVSE of one of them, and when in the week."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.views.requests import SignedInRequest
from bookings.forms.operator import PeriodForm
from bookings.presentation.use import shades_of_demand, shades_of_week, use_row
from bookings.selectors.demand import demand_at
from bookings.selectors.evse_use import evse_use, week_use
from bookings.selectors.utilisation import utilisation as utilisation_of
from bookings.views.operator.desk import Desk, open_desk
from stations.models import Station
from stations.views.doors import operator_page

PER_PAGE: Final = 50
_USUAL: Final = timedelta(days=28)  # whole weeks, so that no weekday counts more often than another


@operator_page("GET")
def utilisation(request: SignedInRequest) -> HttpResponse:
    """All stations, or one with its EVSEs and its week; by default the last 28 days."""
    desk = open_desk(request)
    last = timezone.now().astimezone(_zone_of(desk)).date() - timedelta(days=1)
    form = PeriodForm(
        request.GET,
        operators=desk.operators,
        stations=desk.stations,
        every_station="All stations",
        operator=str(desk.operator.pk),
        first=(last - _USUAL + timedelta(days=1)).isoformat(),
        last=last.isoformat(),
    )
    context: dict[str, Any] = {"desk": desk, "form": form, "station": desk.station}
    if form.is_valid():
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
        context |= _figures(request, desk, first, last + timedelta(days=1))
    return render(request, "operator/bookings/utilisation.html", context)


def _figures(request: SignedInRequest, desk: Desk, since: date, before: date) -> dict[str, Any]:
    csv = {"operator": desk.operator.pk, "from": since, "to": before, "format": "csv"}
    figures = {"csv_url": f"{reverse('operator-utilisation')}?{urlencode(csv)}", "since": since}
    if desk.station is not None:
        return figures | _one_station(desk.station, since, before)
    uses = Paginator(utilisation_of(desk.operator, since=since, before=before), PER_PAGE)
    page = uses.get_page(request.GET.get("page"))
    return figures | {"page": page, "rows": [use_row(use) for use in page]}


def _one_station(station: Station, since: date, before: date) -> dict[str, Any]:
    return {
        "zone": ZoneInfo(station.time_zone),
        "evses": [use_row(use) for use in evse_use(station, since=since, before=before)],
        "week": shades_of_week(week_use(station, since=since, before=before)),
        "demand": shades_of_demand(demand_at(station)),
        "hours": range(24),
    }


def _zone_of(desk: Desk) -> ZoneInfo:
    """Of the station at hand, else of the operator's first; the figures begin at each site's own midnight."""
    at_hand = desk.station or next(iter(desk.stations), None)
    return ZoneInfo(at_hand.time_zone if at_hand else "UTC")
