"""The chargers of the sites of Hamburg, as their charging sessions name them: a CSV with a row per session."""

import csv
from io import StringIO
from typing import Final

from stations.importing.records import UnusableSource

_COLUMNS: Final = ("location_id", "charger_id")
_LONGEST: Final = 16  # EVSE.physical_reference


def chargers_by_site(content: bytes) -> dict[str, tuple[str, ...]]:
    """The distinct charger ids of each location_id, in numerical order. Raises UnusableSource."""
    found: dict[str, set[str]] = {}
    try:
        rows = csv.DictReader(StringIO(content.decode("utf-8-sig"), newline=""))
        missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
        if missing:
            raise UnusableSource(f"The sessions have no column {' and no column '.join(missing)}.")
        for row in rows:
            site, charger = (str(row[name] or "").strip() for name in _COLUMNS)
            if not site or not 0 < len(charger) <= _LONGEST:
                raise UnusableSource(
                    f"Line {rows.line_num} of the sessions lacks a location_id or a charger_id of at most"
                    f" {_LONGEST} characters. The file may be cut off: fetch it again."
                )
            found.setdefault(site, set()).add(charger)
    except UnicodeDecodeError as error:
        raise UnusableSource(f"The sessions are not UTF-8 text (byte {error.start:,}).") from error
    except csv.Error as error:
        raise UnusableSource(f"The sessions are no CSV: {error}.") from error
    return {site: tuple(sorted(ids, key=_numerically)) for site, ids in found.items()}


def _numerically(charger_id: str) -> tuple[int, str]:
    return len(charger_id), charger_id
