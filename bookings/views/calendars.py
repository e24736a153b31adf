"""Calendars: one booking to download, the private feeds, and the page on which a driver has one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.views.requests import SignedInRequest
from bookings.links import feed_address
from bookings.selectors.calendars import calendar_booking, feed_bookings, feed_of_token, feed_state, feeds_of
from bookings.services.calendars import renew_feed, revoke_feed
from evbooking.core.api.etag import etag_of
from evbooking.core.errors import NotFound
from evbooking.core.rate_limits import check_rates
from evbooking.core.request_context import current_address


@login_required
@require_safe
def booking_ics(request: SignedInRequest, reference: str) -> HttpResponse:
    """The driver's booking as a file for their calendar."""
    from bookings.calendars.documents import ICS, booking_calendar  # here, for its library takes 7 MB

    booking = calendar_booking(request.user, reference)
    if booking is None:
        raise NotFound
    _, content = booking_calendar(
        booking,
        sequence=booking.sequence,
        language=request.user.locale,
        now=timezone.now(),
    )
    name = f'attachment; filename="booking-{reference}.ics"'
    headers = {"Content-Disposition": name, "Cache-Control": "private, no-cache"}
    return HttpResponse(content, content_type=ICS, headers=headers)


@require_safe
def feed(request: HttpRequest, address: str) -> HttpResponseBase:
    """A private feed, for whoever knows its address; calendars ask for it again and again, mostly for nothing new."""
    from bookings.calendars.documents import ICS, feed_calendar  # here, for its library takes 7 MB

    check_rates({"calendar_address": current_address() or "unknown"})
    found, now = feed_of_token(address), timezone.now()
    if found is None:
        raise NotFound
    check_rates({"calendar_feed": found.pk})
    etag = etag_of(*feed_state(found, now))
    answer = get_conditional_response(request, etag=etag)
    if answer is None:
        answer = HttpResponse(feed_calendar(found, feed_bookings(found, now), now=now), content_type=ICS)
    answer["ETag"], answer["Cache-Control"] = etag, "private, no-cache"
    answer["X-Robots-Tag"] = "noindex"
    return answer


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def my_calendar(request: SignedInRequest) -> HttpResponse:
    """GET says whether there is a feed; POST makes one, or a new address, and shows it this once."""
    address = ""
    if request.method == "POST":
        _, token = renew_feed(request.user, now=timezone.now())
        address = feed_address(token)
    context = {"feed": feeds_of(request.user).filter(station=None).first(), **shown(address)}
    return render(request, "bookings/calendar.html", context)


@login_required
@require_POST
def stop_calendar(request: SignedInRequest) -> HttpResponse:
    """Take the feed back."""
    own = feeds_of(request.user).filter(station=None).first()
    if own is not None:
        revoke_feed(own, actor=request.user)
        messages.success(request, "The private address leads nowhere any more.")
    return redirect("bookings:calendar")


def shown(address: str) -> dict[str, str]:
    """A new address, and the same for programs that subscribe to calendars."""
    return {"address": address, "webcal": f"webcal://{address.split('://', 1)[1]}" if address else ""}
