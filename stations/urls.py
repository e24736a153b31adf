"""Pages of this app: /operator/ for the people of operators, /console/ for administrators."""

from django.urls import include, path

from stations.views.console import people as console_people
from stations.views.console import stations as console_stations
from stations.views.operator import evses, home, places, stations, tariffs

_STATION = "stations/<uuid:station_id>/"
_EVSE = f"{_STATION}evses/<str:uid>/"

operator_patterns = [
    path("", home.home, name="home"),
    path("stations/new/", stations.new, name="station-new"),
    path(_STATION, stations.station, name="station"),
    path(f"{_STATION}edit/", stations.edit, name="station-edit"),
    path(f"{_STATION}hours/", stations.hours, name="hours"),
    path(f"{_STATION}terms/", stations.terms, name="terms"),
    path(f"{_STATION}submit/", stations.submit_station, name="station-submit"),
    path(f"{_STATION}add-evse/", evses.add, name="evse-add"),
    path(_EVSE, evses.edit, name="evse"),
    path(f"{_EVSE}remove/", evses.remove, name="evse-remove"),
    path(f"{_EVSE}inhibit/", evses.inhibit_evse, name="evse-inhibit"),
    path(f"{_EVSE}release/", evses.release_evse, name="evse-release"),
    path(f"{_STATION}parking/", places.parking, name="parking"),
    path(f"{_STATION}parking/<uuid:place_id>/remove/", places.parking_remove, name="parking-remove"),
    path(f"{_STATION}pictures/", places.images, name="images"),
    path(f"{_STATION}pictures/<uuid:image_id>/remove/", places.image_remove, name="image-remove"),
    path(f"{_STATION}closures/", places.closures, name="closures"),
    path(f"{_STATION}closures/<uuid:closure_id>/cancel/", places.closure_cancel, name="closure-cancel"),
    path("tariffs/", tariffs.tariffs, name="tariffs"),
    path("tariffs/new/", tariffs.new, name="tariff-new"),
    path("tariffs/<uuid:tariff_id>/", tariffs.tariff, name="tariff"),
    path("tariffs/<uuid:tariff_id>/edit/", tariffs.edit, name="tariff-edit"),
    path("tariffs/<uuid:tariff_id>/versions/<int:number>/restore/", tariffs.restore, name="tariff-restore"),
]
console_patterns = [
    path("", console_stations.home, name="home"),
    path("stations/", console_stations.stations, name="stations"),
    path(_STATION, console_stations.station, name="station"),
    path(f"{_STATION}approve/", console_stations.approve, name="station-approve"),
    path(f"{_STATION}reject/", console_stations.reject, name="station-reject"),
    path(f"{_STATION}suspend/", console_stations.suspend, name="station-suspend"),
    path(f"{_STATION}reinstate/", console_stations.reinstate, name="station-reinstate"),
    path("operators/", console_people.operators, name="operators"),
    path("operators/<uuid:operator_id>/", console_people.operator, name="operator"),
    path("people/", console_people.users, name="users"),
    path("people/<uuid:user_id>/", console_people.user, name="user"),
    path("audit/", console_people.audit, name="audit"),
]
urlpatterns = [
    path("operator/", include((operator_patterns, "operator"))),
    path("console/", include((console_patterns, "console"))),
]
