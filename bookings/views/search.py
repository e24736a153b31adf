"""The first page: search for stations, as a list beside a map."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.middleware import HtmxDetails

from bookings.availability import Wish
from bookings.forms.search import SearchForm
from bookings.places import Place
from bookings.presentation.station_row import StationRow, station_rows
from bookings.selectors import FreeTime, search_stations
from bookings.views.around import around
from bookings.views.requests import cars_of
from bookings.views.searching import default_place, window_of

PAGE: Final = 20
_LAST_PAGE: Final = 250
_NO_PLACE: Final = {"prefer", "order", "page"}
_LAST_PLACE: Final = "search_place"


@require_safe
@vary_on_headers("HX-Request")
def search(request: HttpRequest) -> HttpResponse:
    """Stations nearest first; everything asked for stands in the address. htmx may ask for the best slots alone."""
    cars, now = cars_of(request), timezone.now()
    form = SearchForm(_asked(request), vehicles=cars)
    number = _page_number(request.GET.get("page", ""))
    above = {"form": form, "around": around(request, form, cars=cars, now=now) if number == 1 else None}
    if _wants_best_alone(request):
        return render(request, "bookings/_best_around.html", above)
    rows, more = _rows(form, number, now)
    context = {
        **above,
        "rows": rows,
        "number": number,
        "earlier": number - 1,
        "later": number + 1 if more and number < _LAST_PAGE else 0,
        "place": form.place,
        "to_watch": _to_watch(form, rows if number == 1 else []),
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
    elif not asked.keys() - _NO_PLACE:
        asked |= request.session.get(_LAST_PLACE, {})
    return asked


def _wants_best_alone(request: HttpRequest) -> bool:
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return htmx.target == "best"


def _rows(form: SearchForm, number: int, now: datetime) -> tuple[list[StationRow], bool]:
    """The stations of a page, and whether there are more."""
    window = window_of(form, now)
    wish = Wish(form.value("connector"), form.chosen_vehicle, form.value("min_power_kw"))
    found = search_stations(
        form.station_filter,
        place=form.place or default_place(form),
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


def _to_watch(form: SearchForm, first: list[StationRow]) -> Place | None:
    """Where the stations are that somebody means who watches what was searched: by words where the first of these
    is, else around the place said."""
    if not form.value("q"):
        return form.place
    return Place(first[0].offer.latitude, first[0].offer.longitude) if first else None


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
