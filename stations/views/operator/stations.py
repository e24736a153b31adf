"""A station's pages: overview, what it is, hours, terms, submission."""

from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.models import Operator
from accounts.scoping import Role, role_at
from accounts.selectors import choose_operator, operators_of
from accounts.views.requests import SignedInRequest
from evbooking.core.errors import Invalid
from stations.forms.hours import (
    ExceptionFormSet,
    HoursForm,
    exceptions_initial,
    hours_document,
    hours_initial,
)
from stations.forms.stations import OperatorChoiceForm, StationForm, TermsForm
from stations.forms.submitting import attempt, submit
from stations.hardware import hardware_status
from stations.models import EVSE, BookingTerms, Station
from stations.selectors import get_station, with_everything
from stations.services import approval
from stations.services.editing import create_station, set_terms, update_station
from stations.views.doors import carry_out, operator_page


@operator_page("GET")
def station(request: SignedInRequest, station_id: UUID) -> HttpResponse:
    """Everything about one station, and what it lacks before it can be submitted."""
    found = get_station(request.user, station_id)
    whole = with_everything(Station.objects.filter(pk=found.pk)).get()
    context = {
        "station": whole,
        "may_edit": role_at(found) != Role.STAFF,
        "evses": [(evse, hardware_status(evse)) for evse in whole.evses.all()],
        "causes": EVSE.Inhibit.choices,
        "missing": approval.missing_for_submission(whole),
        "may_submit": whole.approval in {Station.Approval.DRAFT, Station.Approval.REJECTED},
        "steps": whole.approval_steps.select_related("actor"),
    }
    return render(request, "operator/station.html", context)


@operator_page("GET", "POST")
def new(request: SignedInRequest) -> HttpResponse:
    """A new station; who has several operators chooses one first."""
    operator = _operator(request)
    if operator is None:
        operators = operators_of(request.user, Role.MANAGER)
        form: Any = OperatorChoiceForm(operators=operators)
        return render(request, "operator/choose.html", {"form": form, "title": "Whose station is it?"})
    form = StationForm(request.POST or None, operator=operator)
    created: list[Station] = []
    if request.method == "POST" and _created(form, operator, request, created):
        return redirect("operator:station", created[0].pk)
    context = {"form": form, "operator": operator}
    return render(request, "operator/station_form.html", context, status=422 if form.errors else 200)


def _created(form: StationForm, operator: Operator, request: SignedInRequest, created: list[Station]) -> bool:
    """Create the station of a valid form; it is put in `created`."""

    def create(**fields: Any) -> None:
        created.append(create_station(operator, actor=request.user, **fields))

    return submit(form, create)


@operator_page("GET", "POST")
def edit(request: SignedInRequest, station_id: UUID) -> HttpResponse:
    found = get_station(request.user, station_id, minimum=Role.MANAGER)
    form = StationForm(request.POST or None, instance=found, operator=found.operator)
    if request.method == "POST" and submit(form, partial(update_station, found, actor=request.user)):
        return redirect("operator:station", station_id)
    context = {"form": form, "station": found, "operator": found.operator}
    return render(request, "operator/station_form.html", context, status=422 if form.errors else 200)


@operator_page("GET", "POST")
def hours(request: SignedInRequest, station_id: UUID) -> HttpResponse:
    """Opening hours: the regular week and exceptions."""
    found = get_station(request.user, station_id, minimum=Role.MANAGER)
    zone = ZoneInfo(found.time_zone)
    data = request.POST or None
    week = HoursForm(data, initial=hours_initial(found.opening_times))
    exceptions = ExceptionFormSet(
        data, initial=exceptions_initial(found.opening_times, zone), form_kwargs={"zone": zone}
    )
    if request.method == "POST" and week.is_valid() and exceptions.is_valid():
        document = hours_document(week, exceptions)
        if attempt(week, lambda: update_station(found, actor=request.user, opening_times=document)):
            return redirect("operator:station", station_id)
    context = {"form": week, "exceptions": exceptions, "station": found}
    failed = bool(week.errors or exceptions.total_error_count()) if data else False
    return render(request, "operator/hours.html", context, status=422 if failed else 200)


@operator_page("GET", "POST")
def terms(request: SignedInRequest, station_id: UUID) -> HttpResponse:
    """The booking terms."""
    found = get_station(request.user, station_id, minimum=Role.MANAGER)
    present = BookingTerms.objects.filter(station=found).first()
    form = TermsForm(request.POST or None, instance=present)
    if request.method == "POST" and submit(form, partial(set_terms, found, actor=request.user)):
        return redirect("operator:station", station_id)
    context = {"form": form, "station": found}
    return render(request, "operator/terms.html", context, status=422 if form.errors else 200)


@operator_page("POST")
def submit_station(request: SignedInRequest, station_id: UUID) -> HttpResponse:
    """Ask for approval."""
    found = get_station(request.user, station_id, minimum=Role.MANAGER)
    act = partial(approval.submit, found, actor=request.user)
    carry_out(request, act, "The station is submitted. An administrator will look at it.")
    return redirect("operator:station", station_id)


def _operator(request: SignedInRequest) -> Operator | None:
    """The operator named in the address, or the only one; None where the person must choose."""
    try:
        return choose_operator(request.user, request.GET.get("operator"), minimum=Role.MANAGER)
    except Invalid:
        return None
