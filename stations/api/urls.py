"""API operations of this app, below /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from stations.api.views import admin, closures, evses, images, parking, stations, tariffs

_STATION = "operator/stations/<uuid:station_id>"
_EVSE = f"{_STATION}/evses/<str:uid>"
_TARIFF = "operator/tariffs/<uuid:tariff_id>"
_REVIEWED = "admin/stations/<uuid:station_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("operator/stations", stations.OwnStationsView.as_view(), name="operator-stations"),
    path(_STATION, stations.OwnStationView.as_view(), name="operator-station"),
    path(f"{_STATION}/submit", stations.SubmitStationView.as_view(), name="operator-station-submit"),
    path(f"{_STATION}/evses", evses.EvsesView.as_view(), name="operator-evses"),
    path(_EVSE, evses.EvseView.as_view(), name="operator-evse"),
    path(f"{_EVSE}/inhibit", evses.InhibitView.as_view(), name="operator-evse-inhibit"),
    path(f"{_EVSE}/release", evses.ReleaseView.as_view(), name="operator-evse-release"),
    path(f"{_STATION}/parking-places", parking.ParkingPlacesView.as_view(), name="operator-parking-places"),
    path(
        f"{_STATION}/parking-places/<uuid:place_id>",
        parking.ParkingPlaceView.as_view(),
        name="operator-parking-place",
    ),
    path(f"{_STATION}/images", images.ImagesView.as_view(), name="operator-images"),
    path(f"{_STATION}/images/<uuid:image_id>", images.ImageView.as_view(), name="operator-image"),
    path("operator/tariffs", tariffs.TariffsView.as_view(), name="operator-tariffs"),
    path(_TARIFF, tariffs.TariffView.as_view(), name="operator-tariff"),
    path(f"{_TARIFF}/preview", tariffs.PreviewView.as_view(), name="operator-tariff-preview"),
    path(f"{_TARIFF}/versions", tariffs.TariffVersionsView.as_view(), name="operator-tariff-versions"),
    path(
        f"{_TARIFF}/versions/<int:number>/restore",
        tariffs.RestoreVersionView.as_view(),
        name="operator-tariff-restore",
    ),
    path("operator/closures", closures.ClosuresView.as_view(), name="operator-closures"),
    path("operator/closures/<uuid:closure_id>", closures.ClosureView.as_view(), name="operator-closure"),
    path("admin/stations", admin.AdminStationsView.as_view(), name="admin-stations"),
    path(_REVIEWED, admin.AdminStationView.as_view(), name="admin-station"),
    path(f"{_REVIEWED}/approve", admin.ApproveStationView.as_view(), name="admin-station-approve"),
    path(f"{_REVIEWED}/reject", admin.RejectStationView.as_view(), name="admin-station-reject"),
    path(f"{_REVIEWED}/suspend", admin.SuspendStationView.as_view(), name="admin-station-suspend"),
]
