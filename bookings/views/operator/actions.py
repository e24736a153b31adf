"""What staff does with a booking. Each is a POST; what needs words has a page of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.views.requests import SignedInRequest
from bookings.forms.operator import CancelForOperatorForm, RejectForm
from bookings.models import Booking
from bookings.presentation import staff
from bookings.services import answer, visit
from bookings.services.cancel import cancel_for_operator
from bookings.views.operator.desk import booking_at_desk
from stations.forms.submitting import submit
from stations.views.doors import carry_out, operator_page


@operator_page("POST")
def approve(request: SignedInRequest, reference: str) -> HttpResponse:
    """PENDING > RESERVED."""
    return _do(request, reference, answer.approve, "Approved. {} is told.")


@operator_page("POST")
def check_in(request: SignedInRequest, reference: str) -> HttpResponse:
    """The driver is here: RESERVED > FULFILLED."""
    return _do(request, reference, visit.arrive, "{} is checked in.")


@operator_page("POST")
def stop(request: SignedInRequest, reference: str) -> HttpResponse:
    """The car has left: FULFILLED > COMPLETED, the rest of the slot is free."""
    return _do(request, reference, visit.stop, "Stopped. What is left of {}'s slot is free.")


@operator_page("POST")
def no_show(request: SignedInRequest, reference: str) -> HttpResponse:
    """Nobody came: RESERVED > NO_SHOW with the fee of the terms."""
    return _do(request, reference, visit.mark_no_show, "{} is marked as not come.")


@operator_page("GET", "POST")
def reject(request: SignedInRequest, reference: str) -> HttpResponse:
    """PENDING > REJECTED, with words for the driver."""
    booking = booking_at_desk(request, reference)
    form = RejectForm(_sent(request))
    act = partial(answer.reject, booking, actor=request.user, now=timezone.now())
    if request.method == "POST" and submit(form, act):
        messages.success(request, f"Rejected. {staff.short_name(booking.driver)} is told.")
        return _back(request, booking)
    return _ask(request, booking, form, "operator/bookings/reject.html")


@operator_page("GET", "POST")
def cancel(request: SignedInRequest, reference: str) -> HttpResponse:
    """The station cannot keep its word: CANCELED, free of charge for the driver."""
    booking = booking_at_desk(request, reference)
    form = CancelForOperatorForm(_sent(request))
    act = partial(cancel_for_operator, booking, actor=request.user, now=timezone.now())
    if request.method == "POST" and submit(form, act):
        messages.success(request, f"Canceled free of charge. {staff.short_name(booking.driver)} is told.")
        return _back(request, booking)
    return _ask(request, booking, form, "operator/bookings/cancel.html")


def _do(request: SignedInRequest, reference: str, service: Callable[..., Booking], done: str) -> HttpResponse:
    booking = booking_at_desk(request, reference)
    act = partial(service, booking, actor=request.user, now=timezone.now())
    carry_out(request, act, done.format(staff.short_name(booking.driver)))
    return _back(request, booking)


def _ask(request: SignedInRequest, booking: Booking, form: Form, template: str) -> HttpResponse:
    """The form; after a refusal with the booking as it is now and all that was typed."""
    if form.errors:
        booking = booking_at_desk(request, booking.reference or "")
    context = {
        "form": form,
        "row": staff.staff_row(booking, timezone.now()),
        "station": booking.station,
        "next": _next_of(request),
    }
    return render(request, template, context, status=422 if form.errors else 200)


def _sent(request: SignedInRequest) -> QueryDict | None:
    """What was sent, also when that is nothing at all; None for who only looks."""
    return request.POST if request.method == "POST" else None


def _back(request: SignedInRequest, booking: Booking) -> HttpResponse:
    return redirect(_next_of(request) or reverse("desk:booking", args=[booking.reference]))


def _next_of(request: SignedInRequest) -> str:
    """The page of ours to return to; empty for none and for any other site's."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else ""
