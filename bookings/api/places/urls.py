"""Places and recommendations, below /api/v1/."""

from django.urls import path

from bookings.api.places.geojson import StationsGeoJSONView
from bookings.api.places.slots import SlotsView
from bookings.api.places.station_slots import StationSlotsView
from bookings.api.places.stations import StationsView, StationView
from bookings.api.recommendations import RecommendationsView

urlpatterns = [
    path("stations", StationsView.as_view(), name="stations"),
    path("stations.geojson", StationsGeoJSONView.as_view(), name="stations-geojson"),
    path("stations/<uuid:station_id>", StationView.as_view(), name="station"),
    path("stations/<uuid:station_id>/slots", StationSlotsView.as_view(), name="station-slots"),
    path("slots", SlotsView.as_view(), name="slots"),
    path("recommendations", RecommendationsView.as_view(), name="recommendations"),
]
