"""Repeating a slot: the rule, what it gives date by date, and the one button that books what is marked."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.views.requests import SignedInRequest
from bookings.forms.series import ChosenForm, RepeatForm, with_usual_rule
from bookings.forms.slot import SlotForm
from bookings.models import Series
from bookings.presentation.refusals import refusal_words
from bookings.presentation.series import preview_lines, rule_words
from bookings.selectors.series import dates_of, to_be_paid
from bookings.services.series.asking import SeriesAsk, new_series_id, preview_series
from bookings.services.series.booking import SeriesBooked, book_series
from bookings.views.requests import cars_of, public_station
from evbooking.core.errors import DomainError, Invalid
from evbooking.core.rate_limits import check_rates
from stations.models import EVSE, Station


@login_required
@require_http_methods(["GET", "POST"])
def repeat(request: SignedInRequest, slug: str) -> HttpResponse:
    """GET shows each date with its price, or what forbids it; POST books those that are marked."""
    station, now = public_station(slug), timezone.now()
    posted = request.method == "POST"
    cars, data = cars_of(request), with_usual_rule(request.POST if posted else request.GET)
    if not SlotForm(data, vehicles=cars).is_valid():
        messages.info(request, "Choose a time first.")
        return redirect("stations:detail", slug)
    form = RepeatForm(data, vehicles=cars)
    if not form.is_valid():
        return _show(request, station, form, {}, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        ask = _ask(station, form)
        if posted:
            return _book(request, ask, now)
        return _show(request, station, form, _preview(ask, form, now))
    except DomainError as refused:
        return _show(request, station, form, {"words": refusal_words(refused)}, refused.status)


def _ask(station: Station, form: RepeatForm) -> SeriesAsk:
    asked = form.asked
    evse = EVSE.objects.present().filter(station=station, uid=asked.evse_uid).first()
    if evse is None:
        raise Invalid.one("evse_uid", "evse_out_of_service", "This charge point is no longer there.")
    return SeriesAsk(
        station,
        asked.start,
        asked.end,
        form.rule,
        evse=evse,
        connector=asked.connector,
        vehicle=asked.vehicle,
    )


def _preview(ask: SeriesAsk, form: RepeatForm, now: datetime) -> dict[str, Any]:
    preview = preview_series(ask, now=now)
    return {
        "preview": preview,
        "rule": rule_words(ask.rule, ask.first.date()),
        "lines": preview_lines(preview, form.asked),
        "series_id": new_series_id(),
        "terms": preview.deal.terms,
    }


def _book(request: SignedInRequest, ask: SeriesAsk, now: datetime) -> HttpResponse:
    """To the one payment where something is to be paid now, else to the series."""
    check_rates({"holds_driver": request.user.pk})
    form = ChosenForm(request.POST, days=[one.wall.date() for one in ask.occurrences()])
    if not form.is_valid():
        messages.info(request, "The dates have changed. Look at them again.")
        return redirect("stations:detail", ask.station.slug)
    series_id, chosen = form.chosen
    booked = book_series(request.user, ask, chosen=chosen, series_id=series_id, now=now)
    _say(request, booked)
    return page_of_series(booked.series, now)


def page_of_series(series: Series, now: datetime) -> HttpResponse:
    """To the checkout while dates wait for it, else to the page of the series."""
    if waiting := to_be_paid(list(dates_of(series)), now):
        return redirect("payments:checkout", waiting[0].reference)
    return redirect("bookings:series", series.pk)


def _say(request: SignedInRequest, booked: SeriesBooked) -> None:
    if booked.later:
        waits = "1 later date is" if booked.later == 1 else f"{booked.later} later dates are"
        messages.info(request, f"{waits} booked when bookings open.")
    lost = [one for one in booked.dates if one.lost]
    if lost:
        count = "One date was" if len(lost) == 1 else f"{len(lost)} dates were"
        messages.warning(request, f"{count} taken a moment ago. The others are yours.")


def _show(
    request: SignedInRequest,
    station: Station,
    form: RepeatForm,
    more: dict[str, Any],
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    asked = form.asked if form.is_valid() else None
    zone = ZoneInfo(station.time_zone)
    context = {"station": station, "form": form, "asked": asked, "zone": zone, **more}
    return render(request, "bookings/repeat.html", context, status=status)
