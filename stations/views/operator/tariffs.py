"""Tariffs of an operator: list, new ones, new versions, a preview."""

from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.models import Operator
from accounts.scoping import Role, role_at
from accounts.selectors import choose_operator, operators_of
from accounts.views.requests import SignedInRequest
from evbooking.core.errors import Invalid
from stations.forms.stations import OperatorChoiceForm
from stations.forms.submitting import attempt
from stations.forms.tariffs import DocumentForm, PreviewForm, RecipeForm, recipe_initial, tariff_initial
from stations.models import Tariff
from stations.selectors import get_tariff, tariffs_of
from stations.services.preview import preview_quote
from stations.services.tariffs import add_version, create_tariff, rename_tariff, restore_version
from stations.views.doors import carry_out, operator_page

TariffForm = RecipeForm | DocumentForm


@operator_page("GET")
def tariffs(request: SignedInRequest) -> HttpResponse:
    found = tariffs_of(request.user).order_by("operator__name", "name").prefetch_related("stations")
    return render(request, "operator/tariffs.html", {"tariffs": found})


@operator_page("GET", "POST")
def new(request: SignedInRequest) -> HttpResponse:
    """A new tariff by its figures, or with `?as=ocpi` as a whole document."""
    operator = _operator(request)
    if operator is None:
        form: Any = OperatorChoiceForm(operators=operators_of(request.user, Role.MANAGER))
        return render(request, "operator/choose.html", {"form": form, "title": "Whose tariff is it?"})
    form = _form_class(request)(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, partial(_create, form, operator, request))
    ):
        return redirect("operator:tariffs")
    context = {"form": form, "operator": operator, "as_ocpi": _as_ocpi(request)}
    return render(request, "operator/tariff_form.html", context, status=422 if form.errors else 200)


@operator_page("GET")
def tariff(request: SignedInRequest, tariff_id: UUID) -> HttpResponse:
    """A tariff with its versions, and what a stay would cost."""
    found = get_tariff(request.user, tariff_id)
    station = found.stations.order_by("created_at").first()
    zone = ZoneInfo(station.time_zone if station else "UTC")
    form = PreviewForm(request.GET if "start" in request.GET else None, initial=_usual_stay(zone))
    context = {
        "tariff": found,
        "may_edit": role_at(found) != Role.STAFF,
        "versions": found.versions.select_related("created_by"),
        "stations": found.stations.all(),
        "zone": zone.key,
        "form": form,
        "quote": _preview(found, form, zone),
    }
    return render(request, "operator/tariff.html", context, status=422 if form.errors else 200)


@operator_page("GET", "POST")
def edit(request: SignedInRequest, tariff_id: UUID) -> HttpResponse:
    """The next version; as a whole document where the figures cannot say it."""
    found = get_tariff(request.user, tariff_id, minimum=Role.MANAGER)
    figures = None if _as_ocpi(request) else recipe_initial(found)
    kind, initial = (RecipeForm, figures) if figures else (DocumentForm, tariff_initial(found))
    form: Any = kind(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and attempt(form, partial(_change, form, found, request)):
        return redirect("operator:tariff", tariff_id)
    context = {"form": form, "operator": found.operator, "tariff": found, "as_ocpi": figures is None}
    return render(request, "operator/tariff_form.html", context, status=422 if form.errors else 200)


@operator_page("POST")
def restore(request: SignedInRequest, tariff_id: UUID, number: int) -> HttpResponse:
    found = get_tariff(request.user, tariff_id, minimum=Role.MANAGER)
    act = partial(restore_version, found, number=number, actor=request.user)
    carry_out(request, act, f"Version {number} is in force again, as a new version.")
    return redirect("operator:tariff", tariff_id)


def _create(form: TariffForm, operator: Operator, request: SignedInRequest) -> None:
    create_tariff(operator, name=form.cleaned_data["name"], document=form.document(), actor=request.user)


def _change(form: TariffForm, found: Tariff, request: SignedInRequest) -> None:
    with transaction.atomic():
        rename_tariff(found, name=form.cleaned_data["name"], actor=request.user)
        add_version(found, document=form.document(), actor=request.user)


def _preview(found: Tariff, form: PreviewForm, zone: ZoneInfo) -> dict[str, Any] | None:
    if found.current is None or not form.is_bound or not form.is_valid():
        return None
    quotes: list[dict[str, Any]] = []
    version = found.current
    attempt(form, lambda: quotes.append(preview_quote(version, **form.stay(zone))))
    return quotes[0] if quotes else None


def _usual_stay(zone: ZoneInfo) -> dict[str, Any]:
    start = timezone.now().astimezone(zone).replace(minute=0, second=0, microsecond=0, tzinfo=None)
    return {"start": start, "minutes": 60, "energy_kwh": 20}


def _as_ocpi(request: SignedInRequest) -> bool:
    return request.GET.get("as") == "ocpi"


def _form_class(request: SignedInRequest) -> type[RecipeForm] | type[DocumentForm]:
    return DocumentForm if _as_ocpi(request) else RecipeForm


def _operator(request: SignedInRequest) -> Operator | None:
    """The operator named in the address, or the only one; None where the person must choose."""
    try:
        return choose_operator(request.user, request.GET.get("operator"), minimum=Role.MANAGER)
    except Invalid:
        return None
