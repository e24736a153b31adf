"""The queue of submitted stations, all stations, and the review of one."""

from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.views.requests import SignedInRequest
from stations.forms.console import ReasonForm, StationFilter
from stations.forms.submitting import submit
from stations.forms.tariffs import PreviewForm
from stations.hardware import hardware_status
from stations.models import Station
from stations.selectors import approval_counts, stations_for_decision, with_counts, with_everything
from stations.services import approval
from stations.services.preview import preview_quote
from stations.views.doors import administrator_page, carry_out

PER_PAGE = 50
Approval = Station.Approval


@administrator_page("GET")
def home(request: SignedInRequest) -> HttpResponse:
    """What waits for a decision, the oldest first."""
    queue = with_counts(stations_for_decision(approval=Approval.SUBMITTED)).order_by("last_updated", "id")
    page = Paginator(queue, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "console/home.html", {"page": page, "counts": approval_counts()})


@administrator_page("GET")
def stations(request: SignedInRequest) -> HttpResponse:
    """All stations, by state and words."""
    form = StationFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = stations_for_decision(approval=wanted.get("approval", ""), words=wanted.get("q", ""))
    page = Paginator(with_counts(found).order_by("name", "id"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "console/stations.html", {"page": page, "form": form})


@administrator_page("GET")
def station(request: SignedInRequest, station_id: UUID) -> HttpResponse:
    """Everything about one station, and the decisions its state allows."""
    found = get_object_or_404(Station, pk=station_id)
    return _review(request, found, ReasonForm(), status=200)


@administrator_page("POST")
def approve(request: SignedInRequest, station_id: UUID) -> HttpResponse:
    found = get_object_or_404(Station, pk=station_id)
    act = partial(approval.approve, found, actor=request.user)
    carry_out(request, act, f"{found} is approved and bookable.")
    return redirect("console:station", station_id)


@administrator_page("POST")
def reinstate(request: SignedInRequest, station_id: UUID) -> HttpResponse:
    found = get_object_or_404(Station, pk=station_id)
    act = partial(approval.reinstate, found, actor=request.user)
    carry_out(request, act, f"{found} is bookable again.")
    return redirect("console:station", station_id)


@administrator_page("GET", "POST")
def reject(request: SignedInRequest, station_id: UUID) -> HttpResponse:
    return _refuse(request, station_id, approval.reject)


@administrator_page("GET", "POST")
def suspend(request: SignedInRequest, station_id: UUID) -> HttpResponse:
    return _refuse(request, station_id, approval.suspend)


def _refuse(request: SignedInRequest, station_id: UUID, decide: Any) -> HttpResponse:
    """A decision that needs its reason; without one the review is shown again, also when reloaded."""
    found = get_object_or_404(Station, pk=station_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and submit(form, partial(decide, found, actor=request.user)):
        return redirect("console:station", station_id)
    return _review(request, found, form, status=422 if form.errors else 200)


def _review(request: SignedInRequest, found: Station, form: ReasonForm, *, status: int) -> HttpResponse:
    whole = with_everything(Station.objects.filter(pk=found.pk)).get()
    preview = PreviewForm(request.GET if "start" in request.GET else None, initial=_usual_stay(whole))
    context = {
        "station": whole,
        "evses": [(evse, hardware_status(evse)) for evse in whole.evses.all()],
        "missing": approval.missing_for_submission(whole),
        "steps": whole.approval_steps.select_related("actor"),
        "form": form,
        "preview": preview,
        "quote": _quote(whole, preview),
    }
    return render(request, "console/station.html", context, status=status)


def _usual_stay(found: Station) -> dict[str, Any]:
    now = timezone.now().astimezone(ZoneInfo(found.time_zone))
    return {"start": now.replace(minute=0, second=0, tzinfo=None), "minutes": 60, "energy_kwh": 20}


def _quote(found: Station, form: PreviewForm) -> dict[str, Any] | None:
    if found.tariff is None or found.tariff.current is None or not form.is_bound or not form.is_valid():
        return None
    return preview_quote(found.tariff.current, **form.stay(ZoneInfo(found.time_zone)))
