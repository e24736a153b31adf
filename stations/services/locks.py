"""Row locks of stations in their one order: the station, then its EVSEs.

FOR NO KEY UPDATE, so that bookings, which refer to these rows, are not kept waiting. Everything below a
station moves its last_updated, so whoever changes an EVSE needs the station's row anyway: first, not last.
"""

from stations.models import EVSE, Station


def lock_station(station: Station) -> Station:
    """The station as it is now, locked until the transaction ends."""
    return Station.objects.select_for_update(no_key=True).get(pk=station.pk)


def lock_evse(evse: EVSE) -> EVSE:
    """The EVSE as it is now, with its station, both locked until the transaction ends."""
    station = Station.objects.select_for_update(no_key=True).get(pk=evse.station_id)
    locked = EVSE.objects.select_for_update(no_key=True).get(pk=evse.pk)
    locked.station = station
    return locked
