"""What the sandbox has received, for the demo: mails, text messages and pushes as their recipients would get them."""

from typing import Any
from uuid import uuid4

import httpx
from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.views.requests import SignedInRequest
from notifications.models import Device
from notifications.services.devices import add_device as remember_device

TIMEOUT_S = 5.0
MOST = 2_000  # of each kind, looked through for one person's


@require_safe
@never_cache
def outbox(request: HttpRequest) -> HttpResponse:
    """The newest of everything, with `?to=me` of what came to who asks; 404 where no sandbox is set up."""
    if request.user.is_authenticated and request.GET.get("to") == "me":
        received = _ask("/_sandbox/received", params={"limit": MOST})
        page = {"received": _sent_to(request.user, received), "mine": True}
    else:
        page = {"received": _ask("/_sandbox/received"), "mine": False}
    return render(request, "notifications/sandbox.html", page)


@require_safe
@never_cache
@csp_replace(  # type: ignore[arg-type]  # its type knows no view with an argument
    {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "img-src": [NONE], "script-src": [NONE]}
)
def mail(_request: HttpRequest, mail_id: str) -> HttpResponse:
    """A mail's HTML as a mail program shows it: inline styles, and nothing else is let."""
    return HttpResponse(str(_ask(f"/_sandbox/mails/{mail_id}")["html"]))


@login_required
@require_POST
def add_device(request: SignedInRequest) -> HttpResponse:
    """Give the person a browser in the sandbox, which takes real, encrypted web push."""
    made = _ask("/_sandbox/devices", method="POST", json={"id": uuid4().hex})
    remember_device(request.user, name="sandbox browser", **made)
    messages.success(request, "A browser of the sandbox now gets your pushes.")
    return redirect("notifications:sandbox")


def _sent_to(user: User, received: dict[str, Any]) -> dict[str, Any]:
    devices = {one.endpoint.rsplit("/", 1)[-1] for one in Device.objects.filter(user=user)}
    return {
        "mails": [one for one in received["mails"] if one["to"] == user.email],
        "texts": [one for one in received["texts"] if one["to"] == str(user.phone)],
        "pushes": [one for one in received["pushes"] if one["device"] in devices],
    }


def _ask(path: str, *, method: str = "GET", **more: Any) -> dict[str, Any]:
    if not settings.MESSAGE_SANDBOX_URL:
        raise Http404
    try:
        answer = httpx.request(
            method, f"{settings.MESSAGE_SANDBOX_URL}{path}", timeout=TIMEOUT_S, trust_env=False, **more
        )
    except httpx.HTTPError as error:
        raise Http404("The sandbox does not answer.") from error
    if answer.status_code == 404:
        raise Http404
    return dict(answer.json())
