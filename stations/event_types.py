"""Events of stations; their data are in event_types.json."""

from typing import Final

STATION_EVENTS: Final = (
    "station.submitted",
    "station.approved",
    "station.rejected",
    "station.suspended",
    "station.changed",
    "station.closed",
)
