"""Reading sites, sessions and prices from files: Hamburg's GeoJSON and CSV, SMARD's CSV, or one's own CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import numpy as np

from scheduler_rl.arrays import Floats, Ints
from scheduler_rl.worlds.city import DAY_SLOTS

BERLIN = ZoneInfo("Europe/Berlin")
EARTH_M = 6_371_008.8
_MINUTE = timedelta(minutes=1)
T = TypeVar("T")
Places = dict[int, tuple[float, float]]
"""Metres east and north of each site."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """Charging sessions in local time; arrays of one length.

    site, charger: the source's names; day: proleptic ordinals; start: minutes after midnight; stay: minutes.
    """

    site: Ints
    charger: tuple[str, ...]
    day: Ints
    start: Floats
    stay: Floats

    def __len__(self) -> int:
        return len(self.site)


class BadFile(ValueError):
    """A file cannot be used; the message names the file and says why."""


class _Session(NamedTuple):
    site: int
    charger: str
    day: int
    start: float
    stay: float


def read_sites(path: Path) -> Places:
    """Sites of GeoJSON points, in metres (EPSG:3035) or in degrees (RFC 7946), or of a CSV with location_id and either
    x_m, y_m or latitude, longitude. Degrees are flattened around their middle. Raises OSError and BadFile.
    """
    if path.suffix.lower() == ".csv":
        return _sites_of_csv(path)
    try:
        features = json.loads(path.read_text(encoding="utf-8-sig"))["features"]
        points = {int(one["properties"]["location_id"]): _first_point(one["geometry"]) for one in features}
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise BadFile(f"{path} is no GeoJSON of sites: {error!r}") from error
    return _flat(points) if _in_degrees(points) else points


def _first_point(geometry: dict[str, Any]) -> tuple[float, float]:
    point = geometry["coordinates"]
    while isinstance(point[0], list):
        point = point[0]
    return float(point[0]), float(point[1])


def _in_degrees(points: Places) -> bool:
    return all(abs(x) <= 180 and abs(y) <= 90 for x, y in points.values())


def _sites_of_csv(path: Path) -> Places:
    columns = ("x_m", "y_m") if "x_m" in _columns(path) else ("longitude", "latitude")
    points = dict(
        _each(
            path,
            {"location_id", *columns},
            lambda row: (int(row["location_id"]), (float(row[columns[0]]), float(row[columns[1]]))),
        )
    )
    return points if "x_m" in columns else _flat(points)


def _flat(points: Places) -> Places:
    """Degrees of longitude and latitude as metres around their middle."""
    metres = EARTH_M * np.pi / 180
    narrowing = np.cos(np.radians(np.mean([latitude for _, latitude in points.values()]))) if points else 1.0
    return {site: (x * metres * narrowing, y * metres) for site, (x, y) in points.items()}


def read_sessions(paths: Sequence[Path]) -> Sessions:
    """Sessions of CSV files with charger_id, location_id, start_time and end_time (local, ISO 8601).

    Those that do not end after they begin (a clock put back, a slip) are left out, and so are those that stand in
    two of the files. Raises OSError and BadFile.
    """
    wanted = {"charger_id", "location_id", "start_time", "end_time"}
    found = dict.fromkeys(one for path in paths for one in _each(path, wanted, _session) if one.stay > 0)
    site, charger, day, start, stay = zip(*found, strict=True) if found else ((),) * 5
    return Sessions(
        site=np.array(site, dtype=np.int64),
        charger=charger,
        day=np.array(day, dtype=np.int64),
        start=np.array(start, dtype=np.float64),
        stay=np.array(stay, dtype=np.float64),
    )


def _session(row: dict[str, str]) -> _Session:
    start, end = (datetime.fromisoformat(row[name]) for name in ("start_time", "end_time"))
    minutes = start.hour * 60 + start.minute + start.second / 60
    return _Session(
        int(row["location_id"]), row["charger_id"], start.toordinal(), minutes, (end - start) / _MINUTE
    )


def read_prices(path: Path, *, zone: ZoneInfo = BERLIN) -> Floats:
    """Day-ahead prices in EUR/kWh, shape (days, 96), local days in date order.

    The CSV has target_ts (UTC) and y_true (EUR/MWh). A day of 92 or 100 quarter hours is put on the clock: a
    missing hour, or one without a price, takes the price before it, a repeated one the later price. Days without
    any price are left out. Raises OSError and BadFile.
    """
    days: dict[date, Floats] = {}
    for when, price in _each(path, {"target_ts", "y_true"}, _price):
        local = when.astimezone(zone)
        if np.isfinite(price):
            day = days.setdefault(local.date(), np.full(DAY_SLOTS, np.nan))
            day[local.hour * 4 + local.minute // 15] = price / 1000
    if not days:
        raise BadFile(f"{path} has no prices")
    return np.array([_filled(days[one]) for one in sorted(days)])


def _price(row: dict[str, str]) -> tuple[datetime, float]:
    """When, and EUR/MWh; NaN where there is none."""
    when = datetime.fromisoformat(row["target_ts"])
    return when if when.tzinfo else when.replace(tzinfo=UTC), float(row["y_true"] or "nan")


def _filled(prices: Floats) -> Floats:
    known = np.flatnonzero(np.isfinite(prices))
    last = known[np.maximum(np.searchsorted(known, np.arange(len(prices)), side="right") - 1, 0)]
    return np.asarray(prices[last])


def _columns(path: Path) -> Sequence[str]:
    with path.open(newline="", encoding="utf-8-sig") as stream:
        return csv.DictReader(stream).fieldnames or ()


def _each(path: Path, wanted: set[str], read: Callable[[dict[str, str]], T]) -> Iterator[T]:
    """What `read` makes of each row; what it cannot read is a BadFile that names the line."""
    line = 1
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            missing = wanted - set(reader.fieldnames or ())
            if missing:
                raise BadFile(f"{path} has no column {', '.join(sorted(missing))}")
            for row in reader:
                line = reader.line_num
                yield read(row)
    except BadFile:
        raise
    except (TypeError, ValueError, OverflowError, csv.Error) as error:
        raise BadFile(f"{path}, line {line}: {error}") from error
