"""Stopping messages by a link, without signing in: nothing happens by looking, mail programs look at every link."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from notifications.kinds import KINDS
from notifications.links import read_unsubscribe
from notifications.models import PhoneNumber
from notifications.services.phones import opt_out_by_code
from notifications.services.preferences import unsubscribe


@csrf_exempt  # the signed link is the permission; mail programs post to it (RFC 8058)
@never_cache
@require_http_methods(["GET", "POST"])
def unsubscribe_by_link(request: HttpRequest, signed: str) -> HttpResponse:
    """GET asks, POST stops the mails of a kind, or of all that can be stopped."""
    meant = read_unsubscribe(signed)
    user = User.objects.filter(pk=meant[0], is_active=True).first() if meant else None
    if meant is None or user is None:
        raise Http404
    kind = KINDS.get(meant[1])
    done = request.method == "POST"
    if done:
        unsubscribe(user, kind=meant[1])
    return render(request, "notifications/unsubscribe.html", {"kind": kind, "done": done, "person": user})


@csrf_exempt  # the code in the link is the permission
@never_cache
@require_http_methods(["GET", "POST"])
def stop_texts(request: HttpRequest, code: str) -> HttpResponse:
    """GET asks, POST stops all text messages to the number that was sent the code."""
    phone = PhoneNumber.objects.filter(code=code).first()
    if phone is None:
        raise Http404
    done = request.method == "POST"
    if done:
        opt_out_by_code(code, now=timezone.now())
    return render(request, "notifications/stop.html", {"done": done, "ending": phone.number[-3:]})
