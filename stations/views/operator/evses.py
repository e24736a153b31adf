"""EVSEs of a station, in and out of service."""

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.scoping import Role
from accounts.views.requests import SignedInRequest
from stations.forms.evses import (
    ConnectorFormSet,
    EvseForm,
    NewEvseForm,
    connector_fields,
    connectors_initial,
)
from stations.forms.submitting import attempt
from stations.models import EVSE
from stations.selectors import get_evse, get_station
from stations.services.editing import add_evse, remove_evse, update_evse
from stations.services.inhibits import inhibit, release
from stations.views.doors import carry_out, operator_page


@operator_page("GET", "POST")
def add(request: SignedInRequest, station_id: UUID) -> HttpResponse:
    """A new EVSE with its connectors."""
    station = get_station(request.user, station_id, minimum=Role.MANAGER)
    form = NewEvseForm(request.POST or None, station=station)
    connectors = ConnectorFormSet(request.POST or None)
    service = partial(add_evse, station, actor=request.user)
    if request.method == "POST" and _save(form, connectors, service):
        return redirect("operator:station", station_id)
    return _page(request, form, connectors, {"station": station})


@operator_page("GET", "POST")
def edit(request: SignedInRequest, station_id: UUID, uid: str) -> HttpResponse:
    evse = get_evse(request.user, station_id, uid, minimum=Role.MANAGER)
    form = EvseForm(request.POST or None, instance=evse, station=evse.station)
    connectors = ConnectorFormSet(request.POST or None, initial=connectors_initial(evse))
    service = partial(update_evse, evse, actor=request.user)
    if request.method == "POST" and _save(form, connectors, service, evse):
        return redirect("operator:station", station_id)
    return _page(request, form, connectors, {"station": evse.station, "evse": evse})


@operator_page("GET", "POST")
def remove(request: SignedInRequest, station_id: UUID, uid: str) -> HttpResponse:
    """Ask, then take the EVSE off the station for ever."""
    evse = get_evse(request.user, station_id, uid, minimum=Role.MANAGER)
    if request.method == "POST":
        carry_out(request, partial(remove_evse, evse, actor=request.user), f"{evse.uid} is removed.")
        return redirect("operator:station", station_id)
    return render(request, "operator/evse_remove.html", {"station": evse.station, "evse": evse})


@operator_page("POST")
def inhibit_evse(request: SignedInRequest, station_id: UUID, uid: str) -> HttpResponse:
    """Add a cause that keeps the EVSE out of service."""
    return _service(request, station_id, uid, inhibit, "is out of service")


@operator_page("POST")
def release_evse(request: SignedInRequest, station_id: UUID, uid: str) -> HttpResponse:
    """Clear one cause."""
    return _service(request, station_id, uid, release, "has one cause less")


def _service(request: SignedInRequest, station_id: UUID, uid: str, act: Any, done: str) -> HttpResponse:
    evse = get_evse(request.user, station_id, uid, minimum=Role.MANAGER)
    cause = request.POST.get("cause", "")
    carry_out(request, partial(act, evse, cause=cause, actor=request.user), f"{evse.uid} {done}.")
    return redirect("operator:station", station_id)


def _save(form: EvseForm, connectors: Any, service: Any, evse: EVSE | None = None) -> bool:
    """Save a valid form with its valid connectors; refusals stand above the form."""
    if not (form.is_valid() and connectors.is_valid()):
        return False
    fields = connector_fields(connectors, evse)
    return attempt(form, lambda: service(connectors=fields, **form.cleaned_data))


def _page(request: SignedInRequest, form: EvseForm, connectors: Any, context: dict[str, Any]) -> HttpResponse:
    failed = request.method == "POST"
    whole = {**context, "form": form, "connectors": connectors}
    return render(request, "operator/evse_form.html", whole, status=422 if failed else 200)
