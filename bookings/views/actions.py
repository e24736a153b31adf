"""What a driver does with a booking: confirm, cancel, arrive, leave."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.views.requests import SignedInRequest
from bookings.errors import OutsideArrivalWindow
from bookings.forms.cancel import CancelForm
from bookings.models import Booking
from bookings.presentation.booking_page import BookingPage
from bookings.presentation.refusals import refusal_words
from bookings.services.cancel import CANCELABLE, Cancellation, cancel, cancellation_quote
from bookings.services.confirm import confirm
from bookings.services.visit import arrive, stop
from bookings.transitions import require
from bookings.views.requests import my_booking, say
from evbooking.core.errors import DomainError
from evbooking.core.ocpi import ReservationStatus

Act = Callable[[SignedInRequest, Booking], str]
View = Callable[[SignedInRequest, str], HttpResponse]


def _button(act: Act) -> View:
    """A view for a button of the booking's page: do it, say what was done or why not, go back there."""

    @wraps(act)
    def view(request: SignedInRequest, reference: str) -> HttpResponse:
        booking = my_booking(request.user, reference)
        if request.method == "POST":
            try:
                messages.success(request, act(request, booking))
            except DomainError as refused:
                say(request, refused)
        return redirect("bookings:detail", reference)

    return login_required(require_http_methods(["GET", "POST"])(view))


@_button
def confirm_hold(request: SignedInRequest, booking: Booking) -> str:
    confirmed = confirm(booking, actor=request.user, now=timezone.now())
    if confirmed.status == ReservationStatus.PENDING:
        return "Your wish is with the operator. You see the answer here."
    return "Your slot is reserved."


@_button
def stop_charging(request: SignedInRequest, booking: Booking) -> str:
    stop(booking, actor=request.user, now=timezone.now())
    return "Thank you. The rest of your slot is free for others."


@login_required
@require_http_methods(["GET", "POST"])
def start(request: SignedInRequest, reference: str) -> HttpResponse:
    """The page behind the QR code; its button says "I have plugged in"."""
    booking, now = my_booking(request.user, reference), timezone.now()
    context = {"page": BookingPage(booking, now), "booking": booking, "words": ""}
    if request.method == "POST":
        try:
            arrive(booking, actor=request.user, now=now)
        except OutsideArrivalWindow as refused:
            context["words"] = refusal_words(refused)
            return render(request, "bookings/start.html", context, status=refused.status)
        except DomainError as refused:
            say(request, refused)
            return redirect("bookings:detail", reference)
        messages.success(request, "You have arrived. Good charging!")
        return redirect("bookings:detail", reference)
    return render(request, "bookings/start.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def cancel_booking(request: SignedInRequest, reference: str) -> HttpResponse:
    """The fee and the refund first, then the button; nothing dearer than what was shown is ever done."""
    booking, now = my_booking(request.user, reference), timezone.now()
    form = CancelForm(request.POST if request.method == "POST" else None)
    try:
        require(booking, *CANCELABLE)
        quote = cancellation_quote(booking, now)
        dearer = form.is_valid() and quote.fee.amount > form.agreed_fee
        if form.is_valid() and not dearer:
            cancel(booking, actor=request.user, now=now, reason=form.chosen_reason)
            messages.success(request, _canceled_words(quote))
            return redirect("bookings:detail", reference)
    except DomainError as refused:
        say(request, refused)
        return redirect("bookings:detail", reference)
    context = {
        "page": BookingPage(booking, now),
        "booking": booking,
        "form": form,
        "quote": quote,
        "dearer": dearer,
    }
    status = (
        HTTPStatus.CONFLICT if dearer else HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    )
    return render(request, "bookings/cancel.html", context, status=status)


def _canceled_words(quote: Cancellation) -> str:
    return f"Your booking is canceled. The fee is {quote.fee}." if quote.fee else "Your booking is canceled."
