"""API operations of this app, below /api/v1/."""

from django.urls import include, path

urlpatterns = [
    path("", include("bookings.api.places.urls")),
    path("", include("bookings.api.calendars.urls")),
    path("", include("bookings.api.bookings.urls")),
    path("", include("bookings.api.series.urls")),
    path("", include("bookings.api.waitlist.urls")),
]
