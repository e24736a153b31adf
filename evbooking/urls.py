"""The composition root of URLs: every app's own urls.py, nothing else."""

from django.urls import include, path

api = [
    path("", include("bookings.api.urls")),
    path("", include("evbooking.live.urls")),
    path("", include("accounts.api.urls")),
    path("", include("stations.api.urls")),
    path("", include("charging.api.urls")),
    path("", include("notifications.api.urls")),
    path("", include("payments.api.urls")),
    path("", include("scheduler_rl.api.urls")),
]
urlpatterns = [
    path("api/v1/", include(api)),  # first: a call of the API is not held against every page
    path("", include("evbooking.core.urls")),
    path("", include("accounts.urls")),
    path("", include("stations.urls")),
    path("", include("bookings.urls")),
    path("", include("payments.urls")),
    path("operator/money/", include("payments.operator_urls")),
    path("console/money/", include("payments.console_urls")),
    path("", include("notifications.urls")),
    path("", include("scheduler_rl.urls")),
    path("accounts/", include("allauth.urls")),
    path("_allauth/", include("accounts.headless_urls")),
]

handler404 = "evbooking.core.views.not_found"
handler500 = "evbooking.core.views.server_error"
