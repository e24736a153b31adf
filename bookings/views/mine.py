"""A driver's bookings: the list, and the page of one."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

import segno
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.views.requests import SignedInRequest
from bookings.models import BILLED, Booking
from bookings.presentation.booking_page import BookingPage
from bookings.presentation.history import steps_of
from bookings.presentation.terms import slot_terms
from bookings.presentation.waitlist import PlaceInLine
from bookings.selectors.bookings import history_of
from bookings.selectors.mine import WAITING, open_bookings_of, past_bookings_of
from bookings.selectors.replacements import open_replacement
from bookings.selectors.waitlist import open_entries_of
from bookings.transitions import CHANGEABLE
from bookings.views.requests import my_booking
from charging.presentation import bill_on_page
from evbooking.core.ocpi import ReservationStatus

PAST_PAGE: Final = 10


@login_required
@require_safe
def bookings(request: SignedInRequest) -> HttpResponse:
    """What is coming, what waits for an answer, and what is over."""
    now = timezone.now()
    places = [PlaceInLine(entry, now) for entry in open_entries_of(request.user)]
    offered = {place.entry.pk for place in places if place.offer}
    current = _tiles(
        [one for one in open_bookings_of(request.user, now) if one.origin_id not in offered], now
    )
    past = Paginator(past_bookings_of(request.user, now), PAST_PAGE).get_page(request.GET.get("page"))
    context = {
        "places": places,
        "waiting": [page for page in current if page.state in WAITING],
        "coming": [page for page in current if page.state not in WAITING],
        "past": past,
        "past_pages": [BookingPage(booking, now) for booking in past],
    }
    return render(request, "bookings/list.html", context)


@login_required
@require_safe
def detail(request: SignedInRequest, reference: str) -> HttpResponse:
    """One booking: what it is, and what can be done with it now."""
    booking, now = my_booking(request.user, reference), timezone.now()
    page = BookingPage(booking, now)
    context = {
        "page": page,
        "booking": booking,
        "station": booking.station,
        "zone": page.zone,
        "now": now,
        "terms": slot_terms(
            page.terms,
            start=booking.start,
            total=page.total,
            no_show=page.no_show,
            zone=page.zone,
            now=now,
        ),
        "bill": bill_on_page(booking.reference or "") if page.state in BILLED else None,
        "history": steps_of(booking, history_of(booking)),
        "qr": _qr(request, booking) if page.state == ReservationStatus.RESERVED else "",
        "replacement": _replacement(page),
        "live_url": f"{reverse('live')}?bookings={booking.reference}",
    }
    return render(request, "bookings/detail.html", context)


def _tiles(bookings: list[Booking], now: datetime) -> list[BookingPage]:
    """The bookings in order; of the dates of a series that are in one state only the next, with how many follow."""
    count = Counter((one.series_id, one.status) for one in bookings if one.series_id)
    shown = []
    for booking in bookings:
        others = count.pop((booking.series_id, booking.status), 0) if booking.series_id else 1
        if others:
            shown.append(BookingPage(booking, now, others - 1))
    return shown


def _replacement(page: BookingPage) -> BookingPage | None:
    """The slot the booking moves to once the difference is paid."""
    if not page.terms.paid_online or page.state not in CHANGEABLE:
        return None
    kept = open_replacement(page.booking, now=page.now)
    return BookingPage(kept, page.now) if kept else None


def _qr(request: HttpRequest, booking: Booking) -> str:
    """The address of the arrival page as a data URI of an SVG."""
    address = request.build_absolute_uri(reverse("bookings:start", args=[booking.reference]))
    return segno.make(address, error="m", micro=False).svg_data_uri(border=2, dark="#000", light="#fff")
