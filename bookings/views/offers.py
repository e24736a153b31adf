"""The page on which an offer of the waiting list is answered, behind the signed link of the mail."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from bookings.errors import HoldExpired
from bookings.forms.offer import AnswerForm
from bookings.links import read_offer
from bookings.models import Booking, WaitlistEntry
from bookings.presentation.booking_page import BookingPage
from bookings.presentation.refusals import refusal_words
from bookings.selectors.waitlist import offer_by_id
from bookings.services.confirm import confirm_if_free
from bookings.services.waitlist.answering import accept, decline, snooze
from bookings.views.requests import page_of
from evbooking.core.errors import DomainError, NotFound
from evbooking.core.ocpi import ReservationStatus


@never_cache
@require_http_methods(["GET", "POST"])
def waitlist_offer(request: HttpRequest, offer: str) -> HttpResponse:
    """GET shows what is offered, because mail programs look at every link; POST answers. The link is the permission."""
    booking, entry = _offered(offer)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    words, status = "", HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    if form.is_valid():
        try:
            return _answer(request, booking, entry, form)
        except DomainError as refused:
            words, status = refusal_words(refused), HTTPStatus(refused.status)
            booking, entry = _offered(offer)
    context = {
        "offer": booking,
        "entry": entry,
        "page": BookingPage(booking, timezone.now()),
        "stands": _stands(booking, entry),
        "form": form,
        "words": words,
    }
    return render(request, "bookings/offer.html", context, status=status)


def _offered(signed: str) -> tuple[Booking, WaitlistEntry]:
    """The slot and the place in line of a token of ours. Raises NotFound."""
    offer_id = read_offer(signed)
    booking = offer_by_id(offer_id) if offer_id else None
    if booking is None or booking.origin is None or not booking.driver.is_active:
        raise NotFound
    return booking, booking.origin


def _stands(offer: Booking, entry: WaitlistEntry) -> bool:
    """Whether this, and no other, is what the entry is offered now."""
    offered = entry.status == WaitlistEntry.Status.OFFERED and offer.status == ReservationStatus.HELD
    return offered and BookingPage(offer, timezone.now()).state == ReservationStatus.HELD


def _answer(request: HttpRequest, offer: Booking, entry: WaitlistEntry, form: AnswerForm) -> HttpResponse:
    """Raises HoldExpired where this is no longer what is on offer."""
    driver: User = offer.driver
    now = timezone.now()
    if not _stands(offer, entry):
        raise HoldExpired
    match form.cleaned_data["answer"]:
        case "accept":
            held = accept(entry, actor=driver, now=now)
            return page_of(confirm_if_free(held, actor=driver, now=now))
        case "snooze":
            snooze(entry, minutes=form.pause, actor=driver, now=now)
            messages.success(request, "You keep your place in line. This slot goes to the next.")
        case _:
            decline(entry, actor=driver, now=now)
            messages.success(request, "The slot goes to the next in line.")
    return redirect("bookings:list" if request.user.is_authenticated else "home")
