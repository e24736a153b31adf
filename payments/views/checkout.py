"""Paying for a booking: the page with everything there is to know, and the button."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.views.requests import SignedInRequest
from bookings.models import Booking
from bookings.views.requests import my_booking, say
from evbooking.core.errors import DomainError
from payments.errors import PaymentProviderUnavailable
from payments.forms.checkout import CheckoutForm
from payments.models import Payment
from payments.presentation.checkout import checkout_page
from payments.services.cards import SavedCard, cards_of
from payments.services.checkout import Checkout, start_checkout
from payments.views.provider import enters_cards, is_sandbox, pay_page, provider_context

_JSON: Final = "application/json"


@login_required
@require_http_methods(["GET", "POST"])
@enters_cards
def checkout(request: SignedInRequest, reference: str) -> HttpResponse:
    """GET shows what is asked of the card and why; POST asks it.

    The script of the Payment Element is answered in JSON, the form by the sandbox's page or the outcome.
    """
    booking, now = my_booking(request.user, reference), timezone.now()
    cards = _cards(request.user)
    form = CheckoutForm(request.POST if request.method == "POST" else None, cards=cards or ())
    try:
        if request.method == "POST" and form.is_valid():
            return _begin(request, booking, form.chosen, now)
        return _page(request, booking, form, now, unreachable=cards is None)
    except PaymentProviderUnavailable as refused:
        if _wants_json(request):
            return JsonResponse(refused.as_problem(), status=refused.status)
        return _page(request, booking, form, now, unreachable=True)
    except DomainError as refused:
        if _wants_json(request):
            return JsonResponse(refused.as_problem(), status=refused.status)
        say(request, refused)
        return redirect("bookings:detail", reference)


def _cards(driver: User) -> Sequence[SavedCard] | None:
    """None where Stripe does not answer: the page says so, and the slot stays."""
    try:
        return cards_of(driver)
    except PaymentProviderUnavailable:
        return None


def _begin(request: SignedInRequest, booking: Booking, method: str | None, now: datetime) -> HttpResponse:
    back = request.build_absolute_uri(reverse("payments:return", args=[booking.reference]))
    started = start_checkout(booking, payment_method=method, return_url=back, now=now)
    if _wants_json(request):
        return JsonResponse(_told(started, back))
    if is_sandbox() and started.payment.status not in Payment.SECURING:
        return redirect(pay_page(started.client_secret, back))
    return redirect(back)


def _told(started: Checkout, back: str) -> dict[str, str]:
    """What static/js/checkout.js goes on with."""
    return {
        "kind": started.kind,
        "status": started.status,
        "client_secret": started.client_secret,
        "return_url": back,
    }


def _page(
    request: SignedInRequest, booking: Booking, form: CheckoutForm, now: datetime, *, unreachable: bool
) -> HttpResponse:
    context = {
        "booking": booking,
        "page": checkout_page(booking, now=now),
        "form": form,
        "now": now,
        "unreachable": unreachable,
        **provider_context(),
    }
    status = HTTPStatus.SERVICE_UNAVAILABLE if unreachable else HTTPStatus.OK
    if form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "payments/checkout.html", context, status=status)


def _wants_json(request: SignedInRequest) -> bool:
    return request.headers.get("Accept") == _JSON
