"""The button that lets go of a dearer slot, so that the booking stays where it is."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.views.requests import SignedInRequest
from bookings.views.requests import my_booking, say
from evbooking.core.errors import DomainError
from payments.services.replacements import let_replacement_go


@login_required
@require_POST
def stay(request: SignedInRequest, reference: str) -> HttpResponse:
    """Keep the present slot."""
    booking = my_booking(request.user, reference)
    try:
        let_replacement_go(booking, now=timezone.now())
        messages.success(request, "The other slot is free again. Your booking stays where it is.")
    except DomainError as refused:
        say(request, refused)
    return redirect("bookings:detail", reference)
