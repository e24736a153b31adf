"""Editing a station: each service writes its fact, the audit entry and the event in one transaction."""

from stations.services.editing.connectors import set_connectors
from stations.services.editing.evses import add_evse, remove_evse, update_evse
from stations.services.editing.parking import add_parking_place, remove_parking_place, update_parking_place
from stations.services.editing.stations import create_station, update_station
from stations.services.editing.terms import set_terms

__all__ = [
    "add_evse",
    "add_parking_place",
    "create_station",
    "remove_evse",
    "remove_parking_place",
    "set_connectors",
    "set_terms",
    "update_evse",
    "update_parking_place",
    "update_station",
]
