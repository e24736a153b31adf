"""Reading the files of others: bytes in, records of stations and what could not be used out. No I/O but in sources."""

from stations.importing.defaults import Defaults, read_defaults
from stations.importing.formats import FORMATS, Format
from stations.importing.records import (
    EvseRecord,
    ParkingRecord,
    Parsed,
    Reject,
    StationRecord,
    UnusableSource,
)
from stations.importing.sources import fetch

__all__ = [
    "FORMATS",
    "Defaults",
    "EvseRecord",
    "Format",
    "ParkingRecord",
    "Parsed",
    "Reject",
    "StationRecord",
    "UnusableSource",
    "fetch",
    "read_defaults",
]
