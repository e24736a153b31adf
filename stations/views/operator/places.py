"""What else belongs to a station: parking places, pictures, closures."""

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.scoping import Role
from accounts.views.requests import SignedInRequest
from stations.forms.closures import ClosureForm
from stations.forms.stations import ImageForm, ParkingPlaceForm
from stations.forms.submitting import submit
from stations.selectors import get_closure, get_image, get_parking_place, get_station
from stations.services.closures import cancel_closure, close
from stations.services.editing import add_parking_place, remove_parking_place
from stations.services.images import add_image, remove_image
from stations.views.doors import carry_out, operator_page


@operator_page("GET", "POST")
def parking(request: SignedInRequest, station_id: UUID) -> HttpResponse:
    """The parking places, and a form for one more."""
    station = get_station(request.user, station_id, minimum=Role.MANAGER)
    form = ParkingPlaceForm(request.POST or None)
    if request.method == "POST" and submit(form, partial(add_parking_place, station, actor=request.user)):
        return redirect("operator:parking", station_id)
    context = {"form": form, "station": station, "places": station.parking_places.all()}
    return render(request, "operator/parking.html", context, status=422 if form.errors else 200)


@operator_page("POST")
def parking_remove(request: SignedInRequest, station_id: UUID, place_id: UUID) -> HttpResponse:
    place = get_parking_place(request.user, station_id, place_id, minimum=Role.MANAGER)
    act = partial(remove_parking_place, place, actor=request.user)
    carry_out(request, act, "The parking place is removed.")
    return redirect("operator:parking", station_id)


@operator_page("GET", "POST")
def images(request: SignedInRequest, station_id: UUID) -> HttpResponse:
    """The pictures, and a form for one more."""
    station = get_station(request.user, station_id, minimum=Role.MANAGER)
    form = ImageForm(request.POST or None, request.FILES or None)

    def add(file: Any, alt: str) -> None:
        add_image(station, upload=file, alt=alt, actor=request.user)

    if request.method == "POST" and submit(form, add):
        return redirect("operator:images", station_id)
    context = {"form": form, "station": station, "images": station.images.all()}
    return render(request, "operator/images.html", context, status=422 if form.errors else 200)


@operator_page("POST")
def image_remove(request: SignedInRequest, station_id: UUID, image_id: UUID) -> HttpResponse:
    image = get_image(request.user, station_id, image_id, minimum=Role.MANAGER)
    carry_out(request, partial(remove_image, image, actor=request.user), "The picture is removed.")
    return redirect("operator:images", station_id)


@operator_page("GET", "POST")
def closures(request: SignedInRequest, station_id: UUID) -> HttpResponse:
    """Closures to come, and a form for one more."""
    station = get_station(request.user, station_id, minimum=Role.MANAGER)
    form = ClosureForm(request.POST or None, station=station)
    if request.method == "POST" and submit(form, partial(close, station, actor=request.user)):
        return redirect("operator:closures", station_id)
    live = station.closures.filter(canceled_at=None, end__gt=timezone.now()).select_related("evse")
    context = {"form": form, "station": station, "closures": live}
    return render(request, "operator/closures.html", context, status=422 if form.errors else 200)


@operator_page("POST")
def closure_cancel(request: SignedInRequest, station_id: UUID, closure_id: UUID) -> HttpResponse:
    closure = get_closure(request.user, closure_id, minimum=Role.MANAGER)
    carry_out(request, partial(cancel_closure, closure, actor=request.user), "The closure is canceled.")
    return redirect("operator:closures", station_id)
