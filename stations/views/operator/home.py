"""The operator's start page."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from accounts.selectors import memberships_of
from accounts.views.requests import SignedInRequest
from stations.selectors import stations_of, with_counts
from stations.views.doors import operator_page

PER_PAGE = 50


@operator_page("GET")
def home(request: SignedInRequest) -> HttpResponse:
    """All stations of the person's operators, with their approval and what to do next."""
    stations = with_counts(stations_of(request.user)).order_by("name", "id")
    page = Paginator(stations, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "operator/home.html", {"page": page, "memberships": memberships_of(request.user)})
