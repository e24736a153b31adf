"""Countries by ISO 3166-1 alpha-3 code; the names are those of the IANA time zone database."""

import csv
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent / "data" / "countries.csv"


@cache
def countries() -> dict[str, str]:
    """English names by alpha-3 code, in the order of the names."""
    with _TABLE.open(encoding="utf-8", newline="") as rows:
        return {row[0]: row[1] for row in csv.reader(rows)}
