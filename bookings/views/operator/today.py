"""The home of the day: who waits for an answer, who comes when to which EVSE, what is out of service."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.views.requests import SignedInRequest
from bookings.forms.operator import EARLIEST, LATEST, DayForm
from bookings.models import BLOCKING, Booking
from bookings.presentation.staff import staff_row
from bookings.presentation.timeline import lay_out_day
from bookings.selectors.day import (
    SiteDay,
    affected_bookings,
    bookings_on,
    closures_on,
    standing_evses,
    waiting_for_answer,
)
from bookings.selectors.statuses import shown_status
from bookings.views.operator.desk import open_desk, station_at_hand
from stations.models import Station
from stations.views.doors import operator_page

_WATCHED: Final = 20  # as many as one stream takes
_ONE_DAY: Final = timedelta(days=1)


@operator_page("GET")
def today(request: SignedInRequest) -> HttpResponse:
    """One station's day in its own zone, below what waits at all stations of the operator."""
    now = timezone.now()
    desk = open_desk(request)
    station = station_at_hand(request, desk)
    waiting = [staff_row(one, now) for one in waiting_for_answer(request.user, desk.operator, now)]
    context: dict[str, Any] = {"desk": desk, "now": now, "waiting": waiting}
    if station is not None:
        context |= _day_of(request, station, now)
        context["form"] = DayForm(
            request.GET,
            operators=desk.operators,
            stations=desk.stations,
            operator=str(desk.operator.pk),
            station=str(station.pk),
            day=context["day"].on.isoformat(),
        )
        context["live_url"] = _live_url(station, [row.booking for row in [*waiting, *context["rows"]]])
    return render(request, "operator/bookings/today.html", context)


def _day_of(request: SignedInRequest, station: Station, now: datetime) -> dict[str, Any]:
    zone = ZoneInfo(station.time_zone)
    site_today = now.astimezone(zone).date()
    day = SiteDay.of(zone, _asked_day(request) or site_today)
    evses = list(standing_evses(station))
    bookings = list(bookings_on(request.user, station, day))
    return {
        "station": station,
        "zone": zone,
        "day": day,
        "today": site_today,
        "before": _day_url(station, day.on - _ONE_DAY),
        "after": _day_url(station, day.on + _ONE_DAY),
        "timeline": lay_out_day(day, evses, bookings, list(closures_on(station, day)), now),
        "statuses": shown_status([evse.pk for evse in evses], now),
        "rows": [staff_row(booking, now) for booking in bookings],
        "out_of_service": _out_of_service(request.user, evses, now),
    }


def _out_of_service(person: User, evses: Sequence[Any], now: datetime) -> list[dict[str, Any]]:
    """The EVSEs out of service with the promises they may not keep."""
    out = [evse for evse in evses if evse.inhibits]
    if not out:
        return []
    affected = [staff_row(one, now) for one in affected_bookings(person, [evse.pk for evse in out], now)]
    return [
        {
            "evse": evse,
            "causes": [evse.Inhibit(cause).label for cause in evse.inhibits],
            "rows": [row for row in affected if row.booking.evse_id == evse.pk],
        }
        for evse in out
    ]


def _asked_day(request: SignedInRequest) -> date | None:
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def _day_url(station: Station, day: date) -> str:
    return f"{reverse('desk:today')}?{urlencode({'station': station.pk, 'day': day})}"


def _live_url(station: Station, bookings: Sequence[Booking]) -> str:
    open_ones = [one.reference for one in bookings if one.status in BLOCKING and one.reference]
    watched = ",".join(dict.fromkeys(open_ones[:_WATCHED]))
    return f"{reverse('live')}?stations={station.pk}" + (f"&bookings={watched}" if watched else "")
