"""A person's profile, their data, and the way out."""

from functools import partial

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms import ConfirmForm, ProfileForm, submit
from accounts.services.profile import delete_account, export_data, update_profile
from accounts.views.requests import SignedInRequest
from evbooking.core.api.json import dumps


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """Name, phone, language, time zone."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and submit(form, partial(update_profile, request.user, actor=request.user)):
        messages.success(request, "Your profile is saved.")
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_GET
def data(request: SignedInRequest) -> HttpResponse:
    """What can be taken along, and the way out."""
    return render(request, "accounts/data.html")


@login_required
@require_GET
def export(request: SignedInRequest) -> HttpResponse:
    """Everything known about the person, as a JSON file."""
    content = dumps(export_data(request.user, now=timezone.now()))
    headers = {
        "Content-Disposition": 'attachment; filename="evbooking-data.json"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(content, content_type="application/json", headers=headers)


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
@require_http_methods(["GET", "POST"])
def delete(request: SignedInRequest) -> HttpResponse:
    """Delete the account, after a fresh sign-in."""
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    leave = partial(delete_account, request.user, actor=request.user, now=timezone.now())
    if form.is_bound and submit(form, leave):
        logout(request)
        messages.success(request, "Your account is deleted.")
        return redirect("home")
    return render(request, "accounts/delete.html", {"form": form}, status=409 if form.errors else 200)
