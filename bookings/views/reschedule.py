"""Moving a booking: choose another slot, see what it changes, then move."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.views.requests import SignedInRequest
from bookings.availability import Offer, offers_at
from bookings.errors import SlotTaken, TooLateToChange
from bookings.forms.slot import SlotForm
from bookings.models import Booking
from bookings.presentation.booking_page import BookingPage
from bookings.presentation.refusals import refusal_words
from bookings.selectors.preview import SlotAsked, SlotPreview, preview_slot
from bookings.services.reschedule import reschedule, wished_energy
from bookings.terms import AcceptedTerms
from bookings.transitions import CHANGEABLE, require
from bookings.views.picking import pick_new_time
from bookings.views.requests import my_booking, say
from evbooking.core.errors import DomainError, WrongState
from evbooking.core.money import Money
from stations.models import EVSE


@login_required
@require_http_methods(["GET", "POST"])
def move(request: SignedInRequest, reference: str) -> HttpResponse:
    """GET is the picker, with `slot` the price of that slot beside the old one; POST moves."""
    booking, now = my_booking(request.user, reference), timezone.now()
    try:
        _require_changeable(booking, now)
    except DomainError as refused:
        say(request, refused)
        return redirect("bookings:detail", reference)
    cars = [booking.vehicle] if booking.vehicle else []
    form = SlotForm(request.POST if request.method == "POST" else request.GET, vehicles=cars)
    if not form.is_valid():
        return render(request, "bookings/move.html", _picker(request, booking, now))
    asked = replace(form.asked, connector=booking.connector, vehicle=booking.vehicle)
    try:
        if request.method == "POST":
            return _move(request, booking, asked, now)
        preview = _preview(booking, asked, now)
    except WrongState as refused:
        say(request, refused)
        return redirect("bookings:detail", reference)
    except DomainError as refused:
        context = _picker(request, booking, now) | {"words": refusal_words(refused)}
        return render(request, "bookings/move.html", context, status=refused.status)
    return render(request, "bookings/move_confirm.html", _comparison(booking, form, preview, now))


def _require_changeable(booking: Booking, now: datetime) -> None:
    require(booking, *CHANGEABLE)
    if now > AcceptedTerms.from_json(booking.terms).change_until(booking.start):
        raise TooLateToChange


def _move(request: SignedInRequest, booking: Booking, asked: SlotAsked, now: datetime) -> HttpResponse:
    """Move it, or keep the new slot and go where the difference is paid."""
    evse = EVSE.objects.present().filter(station=booking.station, uid=asked.evse_uid).first()
    moved = reschedule(booking, start=asked.start, end=asked.end, evse=evse, actor=request.user, now=now)
    if moved.replaces_id is not None:
        return redirect("payments:checkout", booking.reference)
    messages.success(request, "Your booking is moved.")
    return redirect("bookings:detail", booking.reference)


def _preview(booking: Booking, asked: SlotAsked, now: datetime) -> SlotPreview:
    """The new slot under the terms and the tariff of the first acceptance. Raises Invalid or SlotTaken."""
    energy = wished_energy(booking)
    preview = preview_slot(_accepted(booking), asked, now=now, energy_kwh=energy, ignoring=booking.pk)
    if not preview.free:
        raise SlotTaken
    return preview


def _accepted(booking: Booking) -> Offer:
    """The station as it is, under what was accepted with the booking."""
    [offer] = offers_at([(booking.station_id, booking.station.revision)])
    terms = AcceptedTerms.from_json(booking.terms)
    return replace(offer, terms=terms, tariff=booking.tariff_version)


def _picker(request: SignedInRequest, booking: Booking, now: datetime) -> dict[str, Any]:
    picking = pick_new_time(request, _accepted(booking), booking, now=now)
    return {
        "booking": booking,
        "page": BookingPage(booking, now),
        "zone": ZoneInfo(booking.station.time_zone),
        "picking": picking,
        "pick_url": reverse("bookings:reschedule", args=[booking.reference]),
    }


def _comparison(booking: Booking, form: SlotForm, preview: SlotPreview, now: datetime) -> dict[str, Any]:
    difference = preview.quote.total - Money(booking.total_amount, booking.currency)
    page = BookingPage(booking, now)
    return {
        "booking": booking,
        "page": page,
        "pay_first": page.terms.paid_online and difference.amount > 0,
        "form": form,
        "preview": preview,
        "quote": preview.quote.as_json(),
        "asked": preview.asked,
        "zone": preview.offer.zone,
        "difference": difference,
        "less": -difference,
    }
