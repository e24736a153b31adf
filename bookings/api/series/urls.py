"""Addresses of recurring bookings, below /api/v1/."""

from django.urls import path

from bookings.api.series import views

urlpatterns = [
    path("series", views.SeriesListView.as_view(), name="series"),
    path("series/preview", views.SeriesPreviewView.as_view(), name="series-preview"),
    path("series/<str:series_id>", views.SeriesView.as_view(), name="series-detail"),
    path("series/<str:series_id>/cancel", views.SeriesCancelView.as_view(), name="series-cancel"),
    path("series/<str:series_id>/later/<str:date>", views.SeriesLaterView.as_view(), name="series-later"),
]
