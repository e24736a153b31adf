"""Beginning to write: from a booking, from a station, about an approval. Where there is a thread, it opens."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.views.requests import SignedInRequest
from bookings.views.operator.desk import booking_at_desk
from bookings.views.requests import my_booking, public_station
from evbooking.core.errors import DomainError, NotFound
from notifications.forms import PostForm
from notifications.models import Side, Thread
from notifications.seats import Seat, Subject
from notifications.selectors.threads import thread_about
from notifications.services.threads.writing import write_about
from notifications.thread_pages import thread_context
from notifications.views.posting import note, show
from stations.selectors import get_station, stations_for_decision
from stations.views.doors import administrator_page, operator_page


@login_required
@require_http_methods(["GET", "POST"])
def about_own_booking(request: SignedInRequest, reference: str) -> HttpResponse:
    """A driver to the operator, about a booking of theirs."""
    return _write(request, Subject.of_booking(my_booking(request.user, reference)), Side.DRIVER)


@login_required
@require_http_methods(["GET", "POST"])
def about_station(request: SignedInRequest, slug: str) -> HttpResponse:
    """Anybody signed in to the operator, about a public station."""
    return _write(request, Subject.of_station(public_station(slug), request.user), Side.DRIVER)


@operator_page("GET", "POST")
def about_booking_at_desk(request: SignedInRequest, reference: str) -> HttpResponse:
    """An operator's people to the driver, about a booking at one of their stations."""
    return _write(request, Subject.of_booking(booking_at_desk(request, reference)), Side.OPERATOR)


@operator_page("GET", "POST")
def about_own_approval(request: SignedInRequest, station_id: UUID) -> HttpResponse:
    """An operator's people to the administrators, about the approval of one of their stations."""
    return _write(request, Subject.of_approval(get_station(request.user, station_id)), Side.OPERATOR)


@administrator_page("GET", "POST")
def about_approval(request: SignedInRequest, station_id: UUID) -> HttpResponse:
    """An administrator to the operator, about the approval of a station."""
    station = stations_for_decision().filter(pk=station_id).first()
    if station is None:
        raise NotFound
    return _write(request, Subject.of_approval(station), Side.ADMINISTRATOR)


def _write(request: SignedInRequest, subject: Subject, side: Side) -> HttpResponse:
    known = thread_about(subject)
    if known is not None and request.method == "GET":
        return redirect("threads:thread", known.pk)
    form = PostForm(request.POST if request.method == "POST" else None)
    refused: DomainError | None = None
    if form.is_valid():
        words, now = form.cleaned_data["body"], timezone.now()
        try:
            post = write_about(subject, author=request.user, side=side, body=words, now=now)
            return redirect(f"{reverse('threads:thread', args=[post.thread_id])}#newest")
        except DomainError as why:
            refused = note(form, why)
    seat = Seat(known or _imagined(subject), request.user, side)
    return show(request, "threads/thread.html", thread_context(seat, []) | {"form": form}, refused)


def _imagined(subject: Subject) -> Thread:
    """The thread as it will be once somebody writes; in no table."""
    return Thread(
        about=subject.about,
        operator=subject.station.operator,
        station=subject.station,
        booking=subject.booking,
        driver=subject.driver,
    )
