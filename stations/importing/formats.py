"""The formats by the names they have on the command line."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from stations.importing import hamburg_geojson, ocpi_locations
from stations.importing.hamburg_sessions import chargers_by_site
from stations.importing.json_text import read_json
from stations.importing.records import Parsed


@dataclass(frozen=True, slots=True)
class Format:
    """`parse(content, sessions)` reads a file, with the sessions where the format has them; it raises UnusableSource.

    `licence` is what whoever shows the data must say, as far as the format tells.
    """

    parse: Callable[[bytes, bytes | None], Parsed]
    has_sessions: bool = False
    licence: str = ""


def _hamburg(content: bytes, sessions: bytes | None) -> Parsed:
    chargers = None if sessions is None else chargers_by_site(sessions)
    return hamburg_geojson.parse(read_json(content), chargers)


def _ocpi(content: bytes, _sessions: bytes | None) -> Parsed:
    return ocpi_locations.parse(read_json(content))


FORMATS: Final = {
    "hamburg-geojson": Format(
        _hamburg,
        has_sessions=True,
        licence=(
            'These data may be shown with: "Elektro Ladestandorte Hamburg", Behörde für Verkehr und'
            " Mobilitätswende (BVM) / Stromnetz Hamburg, dl-de/by-2-0 (https://www.govdata.de/dl-de/by-2-0);"
            " © OpenStreetMap contributors, ODbL (https://opendatacommons.org/licenses/odbl/)."
        ),
    ),
    "ocpi-locations": Format(_ocpi),
}
