"""A driver's cars."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms import CatalogueForm, VehicleForm, submit
from accounts.selectors import vehicles_of
from accounts.services.vehicles import FIELDS, add_vehicle, remove_vehicle, update_vehicle
from accounts.views.requests import SignedInRequest


@login_required
@require_GET
def vehicles(request: SignedInRequest) -> HttpResponse:
    return render(request, "accounts/vehicles.html", {"vehicles": vehicles_of(request.user)})


@login_required
@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest) -> HttpResponse:
    """Add a car: `?model=<id>` of the catalogue fills its figures in."""
    catalogue = CatalogueForm(request.GET or None)
    form = VehicleForm(request.POST or None, initial=_chosen_figures(catalogue))
    if request.method == "POST" and submit(form, partial(add_vehicle, request.user, actor=request.user)):
        messages.success(request, "The car is added.")
        return redirect("accounts:vehicles")
    context = {"form": form, "catalogue": catalogue}
    return render(request, "accounts/vehicle_add.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, vehicle_id: UUID) -> HttpResponse:
    vehicle = get_object_or_404(vehicles_of(request.user), pk=vehicle_id)
    form = VehicleForm(request.POST or None, instance=vehicle)
    if request.method == "POST" and submit(form, partial(update_vehicle, vehicle, actor=request.user)):
        messages.success(request, "The car is saved.")
        return redirect("accounts:vehicles")
    context = {"form": form, "vehicle": vehicle}
    return render(request, "accounts/vehicle_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def remove(request: SignedInRequest, vehicle_id: UUID) -> HttpResponse:
    """Ask, then take the car out of the list."""
    vehicle = get_object_or_404(vehicles_of(request.user), pk=vehicle_id)
    if request.method == "POST":
        remove_vehicle(vehicle, actor=request.user, now=timezone.now())
        messages.success(request, f"{vehicle} is removed.")
        return redirect("accounts:vehicles")
    return render(request, "accounts/vehicle_remove.html", {"vehicle": vehicle})


def _chosen_figures(catalogue: CatalogueForm) -> dict[str, Any]:
    model = catalogue.cleaned_data["model"] if catalogue.is_valid() else None
    return {field: getattr(model, field) for field in FIELDS} if model else {}
