"""allauth's API without its paths for telephones: nobody signs in by one, and the profile keeps the number."""

from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def not_offered(_request: HttpRequest) -> JsonResponse:
    """404 in allauth's own shape."""
    return JsonResponse({"status": 404}, status=404)


urlpatterns = [
    path("app/v1/account/phone", not_offered),
    path("app/v1/auth/phone/verify", not_offered),
    path("app/v1/auth/phone/verify/resend", not_offered),
    path("", include("allauth.headless.urls")),
]
