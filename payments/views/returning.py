"""Coming back from the card: what became of the payment, asked of Stripe once, then of our own books."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_htmx.middleware import HtmxDetails

from accounts.views.requests import SignedInRequest
from bookings.models import Booking
from bookings.views.requests import my_booking
from payments.errors import PaymentProviderUnavailable
from payments.presentation.outcome import outcome_of
from payments.selectors.checkout import latest_payment
from payments.services.sync import sync_payment
from payments.views.provider import provider_context


@login_required
@require_safe
def returned(request: SignedInRequest, reference: str) -> HttpResponse:
    """Success, failure with what to do next, or "still processing", which htmx asks about until it is over."""
    booking, now = my_booking(request.user, reference), timezone.now()
    if not _is_poll(request):
        booking = _asked(request, booking, now)
    outcome = outcome_of(booking, latest_payment(booking), now=now)
    template = "payments/_outcome.html" if _is_poll(request) else "payments/return.html"
    return render(request, template, {"booking": booking, "outcome": outcome, **provider_context()})


def _asked(request: SignedInRequest, booking: Booking, now: datetime) -> Booking:
    """The booking after Stripe was asked about its open payment; as it is where Stripe does not answer."""
    payment = latest_payment(booking)
    if payment is None or payment.status not in payment.OPEN:
        return booking
    with suppress(PaymentProviderUnavailable):
        sync_payment(payment, now=now)
    return my_booking(request.user, booking.reference or "")


def _is_poll(request: HttpRequest) -> bool:
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return bool(htmx)
