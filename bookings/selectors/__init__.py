"""Reads of bookings and of what depends on them: shown status, lists, what pages need."""

from bookings.selectors.statuses import ShownStatus, shown_status, station_status

__all__ = ["ShownStatus", "shown_status", "station_status"]
