"""What the pages of drivers need of a request."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import User, Vehicle
from accounts.selectors import vehicles_of
from bookings.holds import awaits_payment
from bookings.models import Booking
from bookings.presentation.refusals import refusal_words
from bookings.selectors.mine import own_booking
from evbooking.core.errors import DomainError, NotFound
from stations.models import Station


def cars_of(request: HttpRequest) -> list[Vehicle]:
    """The signed-in person's cars; none for anybody else."""
    return list(vehicles_of(request.user)) if isinstance(request.user, User) else []


def public_station(slug: str) -> Station:
    """A station everyone may see, with all that booking it takes. Raises NotFound."""
    related = ("operator", "terms", "tariff__current")
    found = Station.objects.public().select_related(*related).filter(slug=slug).first()
    if found is None:
        raise NotFound
    return found


def my_booking(user: User, reference: str) -> Booking:
    """The person's own booking. Raises NotFound, also for anybody else's."""
    found = own_booking(user, reference)
    if found is None:
        raise NotFound
    return found


def page_of(booking: Booking) -> HttpResponse:
    """To the payment while the slot waits for one, else to the booking's page."""
    name = "payments:checkout" if awaits_payment(booking) else "bookings:detail"
    return redirect(name, booking.reference)


def say(request: HttpRequest, refused: DomainError) -> None:
    """The refusal as a message of the next page."""
    messages.error(request, refusal_words(refused))
