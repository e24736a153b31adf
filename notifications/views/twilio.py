"""Twilio's webhooks: what became of a message, and what people answer. Only signed requests are heard."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from twilio.request_validator import RequestValidator

from evbooking.core.errors import NotFound
from notifications.services.phones import hear
from notifications.services.reports import apply_report

EMPTY_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
View = Callable[[HttpRequest], HttpResponse]


def _signed(view: View) -> View:
    """403 unless X-Twilio-Signature is that of the public address and the form (HMAC-SHA1 by our auth token)."""

    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        url = f"{settings.PUBLIC_URL}{request.get_full_path()}"
        signature = request.headers.get("X-Twilio-Signature", "")
        validator = RequestValidator(settings.TWILIO_AUTH_TOKEN)
        if not settings.TWILIO_AUTH_TOKEN or not validator.validate(url, request.POST, signature):
            return HttpResponse(status=403)
        return view(request)

    return csrf_exempt(require_POST(checked))


@_signed
def status(request: HttpRequest) -> HttpResponse:
    """A status callback: 204 once it is applied, 404 about a message that is not ours."""
    form = request.POST
    try:
        message = UUID(request.GET.get("message", ""))
        apply_report(
            str(message),
            sid=form.get("MessageSid", ""),
            status=form.get("MessageStatus", ""),
            error_code=form.get("ErrorCode", ""),
            number=form.get("To", ""),
            now=timezone.now(),
        )
    except (ValueError, NotFound):
        return HttpResponse(status=404)
    return HttpResponse(status=204)


@_signed
def inbound(request: HttpRequest) -> HttpResponse:
    """A text from somebody: STOP and START are heard, Twilio itself answers them."""
    hear(request.POST.get("From", ""), request.POST.get("Body", ""), now=timezone.now())
    return HttpResponse(EMPTY_ANSWER, content_type="text/xml")
