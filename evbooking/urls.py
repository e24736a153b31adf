"""The composition root of URLs: every app's own urls.py, nothing else."""

from django.urls import include, path

urlpatterns = [
    path("", include("evbooking.core.urls")),
    path("", include("accounts.urls")),
    path("", include("stations.urls")),
    path("", include("bookings.urls")),
    path("", include("payments.urls")),
    path("operator/money/", include("payments.operator_urls")),
    path("console/money/", include("payments.console_urls")),
    path("", include("notifications.urls")),
    path("", include("scheduler_rl.urls")),
    path("api/v1/", include("evbooking.live.urls")),
    path("api/v1/", include("accounts.api.urls")),
    path("api/v1/", include("stations.api.urls")),
    path("api/v1/", include("charging.api.urls")),
    path("api/v1/", include("bookings.api.urls")),
    path("api/v1/", include("notifications.api.urls")),
    path("api/v1/", include("payments.api.urls")),
    path("api/v1/", include("scheduler_rl.api.urls")),
    path("accounts/", include("allauth.urls")),
    path("_allauth/", include("accounts.headless_urls")),
]

handler404 = "evbooking.core.views.not_found"
handler500 = "evbooking.core.views.server_error"
