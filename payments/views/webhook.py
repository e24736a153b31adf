"""Where Stripe tells us what happened."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payments.errors import BadWebhook
from payments.services.intake import receive


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Take an event in and answer at once: 200 also for one that is known, 400 for what is not Stripe's.

    404 where nothing can be paid online.
    """
    if not settings.STRIPE_WEBHOOK_SECRET:
        return HttpResponse(status=404)
    try:
        receive(request.body, request.headers.get("Stripe-Signature", ""), now=timezone.now())
    except RequestDataTooBig:
        return HttpResponse(status=413)
    except BadWebhook as refused:
        return JsonResponse(refused.as_problem(), status=400, content_type="application/problem+json")
    return HttpResponse(status=200)
