"""Addresses for machines, and the answers to what no view answers."""

from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views import defaults
from django.views.csrf import csrf_failure as csrf_page
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from evbooking.core import errors, health
from evbooking.core.api.problems import is_api, problem_response
from evbooking.core.event_types import event_type_versions
from evbooking.core.metrics import CONTENT_TYPE, scrape


@require_safe
@never_cache
def livez(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> HttpResponse:
    """200 when database, redis, migrations and broker are well, else 503 with what is not."""
    failed = health.failures()
    checks = {name: failed.get(name, "ok") for name in health.CHECKS}
    status = HTTPStatus.SERVICE_UNAVAILABLE if failed else HTTPStatus.OK
    return JsonResponse({"ready": not failed, "checks": checks}, status=status)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text for `Authorization: Bearer METRICS_TOKEN`; nowhere to be found without a token set."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    if not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(scrape(), content_type=CONTENT_TYPE)


@require_safe
def event_schema(_request: HttpRequest, name: str) -> HttpResponse:
    """The JSON Schema of one version of a type's data, where the `dataschema` of its events points to."""
    type_ = event_type_versions().get(name)
    if type_ is None:
        raise Http404
    identified = {"$id": f"{settings.PUBLIC_URL}/api/events/{name}.json", **type_.schema}
    return JsonResponse(identified, content_type="application/schema+json")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404."""
    if is_api(request):
        return problem_response(errors.NotFound())
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500."""
    if is_api(request):
        return problem_response(errors.ServerError())
    return defaults.server_error(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW; pages get templates/403_csrf.html."""
    if is_api(request):
        return problem_response(errors.Forbidden())
    return csrf_page(request, reason)
