"""How long the operator's lines are, and what came of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.views.requests import SignedInRequest
from bookings.forms.operator import PeriodForm
from bookings.selectors.queue import queues
from bookings.views.operator.desk import open_desk
from stations.views.doors import operator_page

PER_PAGE: Final = 50
_USUAL: Final = timedelta(days=28)


@operator_page("GET")
def waitlist(request: SignedInRequest) -> HttpResponse:
    """All stations; by default what ended in the last 28 days, today included."""
    desk = open_desk(request)
    today = timezone.now().date()
    form = PeriodForm(
        request.GET,
        operators=desk.operators,
        stations=desk.stations,
        every_station="All stations",
        operator=str(desk.operator.pk),
        first=(today - _USUAL + timedelta(days=1)).isoformat(),
        last=today.isoformat(),
    )
    context: dict[str, Any] = {"desk": desk, "form": form}
    if form.is_valid():
        since, before = form.cleaned_data["first"], form.cleaned_data["last"] + timedelta(days=1)
        rows = queues(desk.operator, since=since, before=before)
        if desk.station is not None:
            rows = [row for row in rows if row.station_id == desk.station.pk]
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        csv = {"operator": desk.operator.pk, "from": since, "to": before, "format": "csv"}
        context |= {"page": page, "csv_url": f"{reverse('operator-waitlist')}?{urlencode(csv)}"}
    return render(request, "operator/bookings/waitlist.html", context)
