"""Money as administrators see it: the platform's report, and Stripe's events."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.views.requests import SignedInRequest
from payments.forms.console import PlatformPeriodForm, StripeEventFilter
from payments.models import LedgerCheck, StripeEvent
from payments.presentation.periods import months
from payments.presentation.platform import platform_page
from payments.selectors.platform import UTC, holds, platform_months, unpaid
from payments.selectors.stripe_events import find_events
from payments.selectors.windows import instant_of
from payments.services.intake import replay_event
from stations.views.doors import administrator_page, carry_out

PER_PAGE: Final = 50
_USUAL: Final = timedelta(days=364)


@administrator_page("GET")
def platform(request: SignedInRequest) -> HttpResponse:
    """Turnover, fees, what is kept, disputes, unpaid and holds; by default of the last year."""
    today = timezone.now().date()
    form = PlatformPeriodForm(request.GET, first=(today - _USUAL).isoformat(), last=today.isoformat())
    context: dict[str, Any] = {"form": form, "check": LedgerCheck.objects.first()}
    if form.is_valid():
        context |= _figures(*form.window)
    return render(request, "payments/console/platform.html", context)


@administrator_page("GET")
def stripe_events(request: SignedInRequest) -> HttpResponse:
    """The dead ones first."""
    form = StripeEventFilter(request.GET)
    found = find_events(**form.cleaned_data) if form.is_valid() else StripeEvent.objects.none()
    page = Paginator(found.defer("payload"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "payments/console/stripe_events.html", {"page": page, "form": form})


@administrator_page("POST")
def replay(request: SignedInRequest, event_id: str) -> HttpResponse:
    """Have a dead or failed event worked on again."""
    event = get_object_or_404(StripeEvent, pk=event_id)
    carry_out(
        request,
        lambda: replay_event(event.pk, actor=request.user, now=timezone.now()),
        f"{event.type} is tried again now.",
    )
    return redirect("console-money:stripe-events")


def _figures(since: date, before: date) -> dict[str, Any]:
    window = (instant_of(since, UTC), instant_of(before, UTC))
    csv = {"from": since, "to": before, "format": "csv"}
    return {
        "currencies": platform_page(platform_months(*window), list(months(since, before))),
        "holds": holds(*window),
        "unpaid": unpaid(),
        "csv_url": f"{reverse('admin-platform-report')}?{urlencode(csv)}",
    }
