"""All bookings of an operator, and one of them with its history."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.views.requests import SignedInRequest
from bookings.forms.operator import BookingsForm
from bookings.models import BILLED, Booking
from bookings.presentation.staff import staff_row, step_of
from bookings.selectors.bookings import filtered, history_of
from bookings.selectors.day import search_bookings
from bookings.terms import AcceptedTerms
from bookings.views.operator.desk import Desk, booking_at_desk, open_desk
from charging.presentation import bill_on_page
from evbooking.core.money import Money
from stations.views.doors import operator_page

PER_PAGE: Final = 50
_LAST_PAGE: Final = 1000


@operator_page("GET")
def bookings(request: SignedInRequest) -> HttpResponse:
    """The operator's bookings, the latest start first. They are not counted: there may be millions."""
    now = timezone.now()
    desk = open_desk(request)
    form = BookingsForm(
        request.GET,
        operators=desk.operators,
        stations=desk.stations,
        every_station="All stations",
        operator=str(desk.operator.pk),
    )
    number = _page_number(request.GET.get("page", ""))
    found = _found(request, desk, form, number)
    context = {
        "desk": desk,
        "form": form,
        "rows": [staff_row(one, now) for one in found[:PER_PAGE]],
        "number": number,
        "earlier": number - 1,
        "later": number + 1 if len(found) > PER_PAGE and number < _LAST_PAGE else 0,
    }
    return render(request, "operator/bookings/bookings.html", context)


@operator_page("GET")
def booking(request: SignedInRequest, reference: str) -> HttpResponse:
    """One booking: what was promised to whom, what can be done, what has been."""
    now = timezone.now()
    found = booking_at_desk(request, reference)
    terms = AcceptedTerms.from_json(found.terms)
    context = {
        "row": staff_row(found, now),
        "station": found.station,
        "now": now,
        "arrival": (terms.arrival_from(found.start), terms.arrival_until(found.start)),
        "bill": bill_on_page(found.reference or "") if found.status in BILLED else None,
        "fee": Money(found.fee_amount, found.currency) if found.fee_amount else None,
        "steps": [step_of(found, step) for step in history_of(found).select_related("actor")],
        "live_url": f"{reverse('live')}?bookings={found.reference}",
    }
    return render(request, "operator/bookings/booking.html", context)


def _found(request: SignedInRequest, desk: Desk, form: BookingsForm, number: int) -> list[Booking]:
    """A page of what the form asks for, and one more where there is more."""
    last = form.value("last")
    found = filtered(
        search_bookings(
            request.user, desk.operator, station=desk.station, reference=form.value("reference") or ""
        ),
        status=[form.value("state")] if form.value("state") else (),
        start_from=form.value("first"),
        start_before=last + timedelta(days=1) if last else None,
    )
    skipped = (number - 1) * PER_PAGE
    return list(found[skipped : skipped + PER_PAGE + 1]) if form.is_valid() else []


def _page_number(text: str) -> int:
    """1 for what is no page."""
    readable = text.isascii() and text.isdigit() and len(text) <= len(str(_LAST_PAGE))
    return min(max(int(text), 1), _LAST_PAGE) if readable else 1
