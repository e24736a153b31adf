"""allauth's API without its paths for telephones: nobody signs in by one, and the profile keeps the number."""

from allauth.headless.internal.restkit.response import APIResponse
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def not_offered(request: HttpRequest) -> HttpResponse:
    """404 in allauth's own shape."""
    response: HttpResponse = APIResponse(request, status=404)
    return response


urlpatterns = [
    path("app/v1/account/phone", not_offered),
    path("app/v1/auth/phone/verify", not_offered),
    path("app/v1/auth/phone/verify/resend", not_offered),
    path("", include("allauth.headless.urls")),
]
