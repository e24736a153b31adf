"""Hints at prices for the managers of an operator; nothing here changes a tariff."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.selectors import operators_of
from accounts.views.requests import SignedInRequest
from evbooking.core.errors import Forbidden, NotFound
from scheduler_rl.forms import HintForm
from scheduler_rl.presentation.hints import hint_of, hint_parts
from scheduler_rl.selectors.market import dearest_of, ground_of
from stations.models import Station
from stations.views.doors import operator_page


@operator_page("GET")
def hint(request: SignedInRequest) -> HttpResponse:
    """One station's present tariff beside what its shadow prices suggest."""
    operators = operators_of(request.user, Membership.Role.MANAGER)
    if not operators:
        raise Forbidden
    found = Station.objects.filter(operator__in=operators).select_related("tariff__current", "operator")
    stations = {str(one.pk): one for one in found.order_by("name", "id")}
    if (named := request.GET.get("station")) and named not in stations:
        raise NotFound
    first = dearest_of(list(stations.values()))
    choices = [(key, one.name) for key, one in stations.items()]
    form = HintForm(request.GET, stations=choices, first=str(first.pk) if first else "")
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        context |= _figures(stations[form.cleaned_data["station"]], form.cleaned_data["elasticity"])
    return render(request, "recommender/hint.html", context)


def _figures(station: Station, elasticity: float) -> dict[str, Any]:
    ground = ground_of(station, now=timezone.now())
    if ground is None:
        return {"station": station}
    query = {"station": station.pk, "elasticity": elasticity, "format": "csv"}
    found = hint_of(ground, elasticity=elasticity)
    return {
        "station": station,
        "ground": ground,
        "hint": found,
        "stay": timedelta(minutes=round(60 * ground.market.stay)),
        "parts": hint_parts(found),
        "csv_url": f"{reverse('operator-price-hint')}?{urlencode(query)}",
    }
