"""Reads of bookings and of what depends on them: shown status, search, lists, what pages need."""

from bookings.selectors.map import Box, Pin, pins_in, prices_from
from bookings.selectors.picker import slot_picker
from bookings.selectors.picker_shape import Cell, CellState, Column, SlotPicker
from bookings.selectors.search import FoundStation, FreeTime, describe, search_stations
from bookings.selectors.station_page import StationPage, station_page
from bookings.selectors.statuses import ShownStatus, shown_status, station_status

__all__ = [
    "Box",
    "Cell",
    "CellState",
    "Column",
    "FoundStation",
    "FreeTime",
    "Pin",
    "ShownStatus",
    "SlotPicker",
    "StationPage",
    "describe",
    "pins_in",
    "prices_from",
    "search_stations",
    "shown_status",
    "slot_picker",
    "station_page",
    "station_status",
]
