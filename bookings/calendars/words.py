"""What calendars say, in the languages of messages."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from bookings.models import Booking
from evbooking.core.plain_text import clean
from stations.models import EVSE, Station

DEFAULT: Final = "en"
WORDS: Final = MappingProxyType(
    {
        "en": {
            "summary": "Charging at {station}",
            "staff_summary": "Charge point {evse}: booking {reference}",
            "feed": "Charging",
            "station_feed": "Bookings at {station}",
            "when": "{day} {span} ({zone})",
            "evse": "Charge point {evse}",
            "plug": "{connector}, {power} kW, about {energy} kWh",
            "reference": "Booking {reference}",
            "arrive": "Kept for you until {until}",
            "HELD": "Held until {until}, to be confirmed",
            "PENDING": "Waits for the operator to agree",
            "alarm": "In an hour: charging at {station}",
        },
        "de": {
            "summary": "Laden bei {station}",
            "staff_summary": "Ladepunkt {evse}: Buchung {reference}",
            "feed": "Laden",
            "station_feed": "Buchungen bei {station}",
            "when": "{day} {span} ({zone})",
            "evse": "Ladepunkt {evse}",
            "plug": "{connector}, {power} kW, etwa {energy} kWh",
            "reference": "Buchung {reference}",
            "arrive": "Für Sie freigehalten bis {until}",
            "HELD": "Gehalten bis {until}, noch zu bestätigen",
            "PENDING": "Wartet auf die Zusage des Betreibers",
            "alarm": "In einer Stunde: Laden bei {station}",
        },
    }
)
# some calendars show a description as HTML
_MARKUP: Final = str.maketrans("<>", "‹›")


def say(language: str, part: str, **values: str) -> str:
    """One text of the catalogue; English where there are no words of the language."""
    return WORDS.get(language, WORDS[DEFAULT])[part].format(**values)


def plain(text: str) -> str:
    """Text that somebody chose, as a line of a calendar: nothing in it is markup, breaks the line or reorders it."""
    return clean(text).translate(_MARKUP)


def evse_name(evse: EVSE) -> str:
    """What stands on the charge point, else its uid."""
    return plain(evse.physical_reference or evse.uid)


def place_of(station: Station) -> str:
    """Name and address on one line."""
    city = f"{station.postal_code} {station.city}".strip()
    return ", ".join(plain(part) for part in (station.name, station.address, city) if part)


def connector_name(booking: Booking) -> str:
    return str(booking.get_connector_display())
