"""Booking: what the slot is and costs, and the one button that holds it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.views.requests import SignedInRequest
from bookings.availability import alternatives, offers_at
from bookings.errors import SlotTaken
from bookings.forms.slot import SlotForm
from bookings.models import Booking
from bookings.presentation.alternatives import other_slots
from bookings.presentation.refusals import refusal_words
from bookings.presentation.terms import slot_terms
from bookings.selectors.mine import same_slot
from bookings.selectors.preview import SlotAsked, SlotPreview, preview_slot
from bookings.services.confirm import confirm_if_free
from bookings.services.hold import hold_slot
from bookings.views.requests import cars_of, page_of, public_station
from evbooking.core.errors import DomainError, Invalid
from evbooking.core.rate_limits import check_rates
from stations.models import EVSE, Station


@login_required
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, slug: str) -> HttpResponse:
    """GET shows everything there is to know before the commitment; POST holds the slot."""
    station, now = public_station(slug), timezone.now()
    form = SlotForm(request.POST if request.method == "POST" else request.GET, vehicles=cars_of(request))
    if not form.is_valid():
        messages.info(request, "Choose a time first.")
        return redirect("stations:detail", slug)
    try:
        if request.method == "POST":
            return page_of(_hold(request, station, form.asked, now))
        preview = _preview(station, form.asked, now)
    except DomainError as refused:
        return _refuse(request, station, form.asked, refused)
    return render(request, "bookings/new.html", _page(station, form, preview, now))


def _preview(station: Station, asked: SlotAsked, now: datetime) -> SlotPreview:
    """The slot as it is now. Raises Invalid, or SlotTaken with what is free instead."""
    [offer] = offers_at([(station.pk, station.revision)])
    preview = preview_slot(offer, asked, now=now)
    if not preview.free:
        near = alternatives(
            station,
            start=asked.start,
            end=asked.end,
            connector=asked.connector,
            vehicle=asked.vehicle,
            now=now,
        )
        raise SlotTaken(near)
    return preview


def _hold(request: SignedInRequest, station: Station, asked: SlotAsked, now: datetime) -> Booking:
    """The hold; pressed twice, the button finds the first one again."""
    check_rates({"holds_driver": request.user.pk})
    mine = same_slot(request.user, evse_uid=asked.evse_uid, start=asked.start, end=asked.end, now=now)
    if mine is not None:
        return mine
    evse = EVSE.objects.present().filter(station=station, uid=asked.evse_uid).first()
    if evse is None:
        raise Invalid.one("evse_uid", "evse_out_of_service", "This charge point is no longer there.")
    held = hold_slot(
        request.user,
        station=station,
        start=asked.start,
        end=asked.end,
        evse=evse,
        connector=asked.connector,
        vehicle=asked.vehicle,
        now=now,
    )
    return confirm_if_free(held, actor=request.user, now=now)


def _page(station: Station, form: SlotForm, preview: SlotPreview, now: datetime) -> dict[str, Any]:
    offer, asked = preview.offer, preview.asked
    terms = slot_terms(
        preview.terms,
        start=asked.start,
        total=preview.quote.total,
        no_show=preview.no_show,
        zone=offer.zone,
        now=now,
    )
    return {
        "station": station,
        "form": form,
        "preview": preview,
        "quote": preview.quote.as_json(),
        "asked": asked,
        "zone": offer.zone,
        "terms": terms,
    }


def _refuse(
    request: SignedInRequest, station: Station, asked: SlotAsked, refused: DomainError
) -> HttpResponse:
    """Why not, and the nearest slots instead; nothing has changed."""
    zone = ZoneInfo(station.time_zone)
    others = refused.alternatives if isinstance(refused, SlotTaken) else []
    context = {
        "station": station,
        "asked": asked,
        "zone": zone,
        "taken": isinstance(refused, SlotTaken),
        "words": refusal_words(refused),
        "others": other_slots(others, asked, slug=station.slug, zone=zone),
    }
    return render(request, "bookings/refused.html", context, status=refused.status)
