"""The site's URLs, and addresses that fail in each way a page can."""

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path

from evbooking.core.errors import RateLimited
from evbooking.urls import handler404, handler500

__all__ = ["handler404", "handler500", "urlpatterns"]

WAYS = {
    400: BadRequest("no"),
    403: PermissionDenied("no"),
    404: Http404("no"),
    429: RateLimited(60),
    500: RuntimeError("no"),
}


def fail(_request: HttpRequest, status: int) -> HttpResponse:
    raise WAYS[status]


urlpatterns = [path("fails/<int:status>/", fail), path("", include("evbooking.urls"))]
