"""The saved cards of a driver: which is offered first, and which are forgotten."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.views.requests import SignedInRequest
from evbooking.core.errors import WrongState
from payments.errors import PaymentProviderUnavailable
from payments.services.cards import cards_of, make_default, remove_card
from payments.views.provider import provider_context


@login_required
@require_http_methods(["GET", "POST"])
def methods(request: SignedInRequest) -> HttpResponse:
    """The cards; POST with `default` or `remove` and a card's id (pm_...) does that."""
    try:
        if request.method == "POST":
            _act(request)
            return redirect("payments:methods")
        cards = cards_of(request.user)
    except PaymentProviderUnavailable:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return render(
            request, "payments/methods.html", {"unreachable": True, **provider_context()}, status=status
        )
    return render(request, "payments/methods.html", {"cards": cards, **provider_context()})


def _act(request: SignedInRequest) -> None:
    try:
        if method := request.POST.get("default"):
            make_default(request.user, method)
            messages.success(request, "This card is offered first from now on.")
        elif method := request.POST.get("remove"):
            remove_card(request.user, method)
            messages.success(request, "The card is removed.")
    except WrongState as refused:
        messages.error(request, str(refused))
