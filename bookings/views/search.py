"""The first page: search for stations, as a list beside a map."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings.availability import Window, Wish, offers_at
from bookings.forms.search import SearchForm
from bookings.places import Place, find_stations
from bookings.presentation.station_row import StationRow, station_rows
from bookings.selectors import FreeTime, search_stations
from bookings.selectors.network import network_centre
from bookings.views.requests import cars_of

PAGE: Final = 20
_LAST_PAGE: Final = 250
_LOOK_AHEAD: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)
_LAST_PLACE: Final = "search_place"


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Stations nearest first; everything asked for stands in the address."""
    form = SearchForm(_asked(request), vehicles=cars_of(request))
    number = _page_number(request.GET.get("page", ""))
    rows, more = _rows(form, number)
    context = {
        "form": form,
        "rows": rows,
        "number": number,
        "earlier": number - 1,
        "later": number + 1 if more and number < _LAST_PAGE else 0,
        "place": form.place,
        "radius_km": form.value("radius_km") or 5,
        "map_url": _map_url(form),
        "station_url": reverse("stations:detail", args=["SLUG"]),
    }
    return render(request, "bookings/search.html", context)


def _asked(request: HttpRequest) -> dict[str, Any]:
    """The address's parameters; a signed-in person who names no place goes on where they searched last."""
    asked = request.GET.dict()
    if not request.user.is_authenticated:
        return asked
    if asked.get("lat") and asked.get("lon"):
        place = {name: asked[name] for name in ("lat", "lon", "radius_km") if asked.get(name)}
        if request.session.get(_LAST_PLACE) != place:
            request.session[_LAST_PLACE] = place
    elif not asked:
        asked |= request.session.get(_LAST_PLACE, {})
    return asked


def _rows(form: SearchForm, number: int) -> tuple[list[StationRow], bool]:
    """The stations of a page, and whether there are more."""
    now = timezone.now()
    window = _window(form, now)
    wish = Wish(form.value("connector"), form.chosen_vehicle, form.value("min_power_kw"))
    found = search_stations(
        form.station_filter,
        place=form.place or _default_place(form),
        now=now,
        free_time=FreeTime(window, wish, form.lasting) if form.wants_free_time else None,
        offset=(number - 1) * PAGE,
        limit=PAGE + 1,
    )
    rows = station_rows(
        found[:PAGE],
        window=window,
        wish=wish,
        duration=form.lasting,
        now=now,
        nearest=form.place is not None,
    )
    return rows, len(found) > PAGE


def _window(form: SearchForm, now: datetime) -> Window:
    """The starts searched: seven days from now, a day of each site, or from an hour of the nearest site's clock."""
    day: date | None = form.value("day")
    clock: time | None = form.value("time")
    if clock is None:
        return Window(now, now + _LOOK_AHEAD) if day is None else Window(day, day + _DAY)
    zone = _zone(form)
    earliest = datetime.combine(day or now.astimezone(zone).date(), clock, zone)
    if day is None and earliest < now:
        earliest += _DAY
    return Window(earliest, earliest + _DAY)


def _zone(form: SearchForm) -> ZoneInfo:
    near = find_stations(form.station_filter, place=form.place or _default_place(form), limit=1)
    offers = offers_at((one.station_id, one.revision) for one in near)
    return offers[0].zone if offers else ZoneInfo("UTC")


def _default_place(form: SearchForm) -> Place | None:
    """Where most stations are; words search by name."""
    return None if form.value("q") else network_centre()


def _map_url(form: SearchForm) -> str:
    """The pins of the same filters; when somebody wants to come is the list's to tell."""
    chosen = form.station_filter
    asked = {
        "q": chosen.q,
        "connector": chosen.connector,
        "min_power_kw": chosen.min_power_kw,
        "facility": chosen.facility,
        "disabled_bay": "true" if chosen.disabled_bay else None,
    }
    return f"{reverse('stations-geojson')}?{urlencode({k: v for k, v in asked.items() if v})}"


def _page_number(text: str) -> int:
    """1 for what is no page."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(_LAST_PAGE)) else 1
    return max(1, min(number, _LAST_PAGE))
