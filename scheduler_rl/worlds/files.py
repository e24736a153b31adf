"""Reading sites, sessions and prices from files: Hamburg's GeoJSON and CSV, SMARD's CSV, or one's own CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from scheduler_rl.arrays import Floats, Ints
from scheduler_rl.worlds.city import DAY_SLOTS

BERLIN = ZoneInfo("Europe/Berlin")
EARTH_M = 6_371_008.8


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


def read_sites(path: Path) -> dict[int, tuple[float, float]]:
    """Metres east and north of each site: GeoJSON points in EPSG:3035, or CSV with location_id and either
    x_m, y_m or latitude, longitude (then flattened around their middle).
    """
    if path.suffix.lower() == ".csv":
        return _sites_of_csv(path)
    features = json.loads(path.read_text())["features"]
    return {int(one["properties"]["location_id"]): _first_point(one["geometry"]) for one in features}


def _first_point(geometry: dict[str, object]) -> tuple[float, float]:
    point = geometry["coordinates"]
    while isinstance(point, list) and isinstance(point[0], list):
        point = point[0]
    assert isinstance(point, list)
    return float(point[0]), float(point[1])


def _sites_of_csv(path: Path) -> dict[int, tuple[float, float]]:
    rows = list(_rows(path, {"location_id"}))
    if rows and "x_m" in rows[0]:
        return {int(row["location_id"]): (float(row["x_m"]), float(row["y_m"])) for row in rows}
    latitudes = [float(row["latitude"]) for row in rows]
    metres = EARTH_M * np.pi / 180
    narrowing = np.cos(np.radians(np.mean(latitudes)))
    return {
        int(row["location_id"]): (
            float(row["longitude"]) * metres * narrowing,
            float(row["latitude"]) * metres,
        )
        for row in rows
    }


def read_sessions(paths: Sequence[Path]) -> Sessions:
    """Sessions of CSV files with charger_id, location_id, start_time and end_time (local, ISO 8601)."""
    wanted = {"charger_id", "location_id", "start_time", "end_time"}
    rows = [row for path in paths for row in _rows(path, wanted)]
    starts = [datetime.fromisoformat(row["start_time"]) for row in rows]
    ends = [datetime.fromisoformat(row["end_time"]) for row in rows]
    minute = timedelta(minutes=1)
    return Sessions(
        site=np.array([int(row["location_id"]) for row in rows], dtype=np.int64),
        charger=tuple(row["charger_id"] for row in rows),
        day=np.array([one.toordinal() for one in starts], dtype=np.int64),
        start=np.array([one.hour * 60 + one.minute + one.second / 60 for one in starts]),
        stay=np.array([(end - start) / minute for start, end in zip(starts, ends, strict=True)]),
    )


def read_prices(path: Path, *, zone: ZoneInfo = BERLIN) -> Floats:
    """Day-ahead prices in EUR/kWh, shape (days, 96), local days in date order.

    The CSV has target_ts (UTC) and y_true (EUR/MWh). A day of 92 or 100 quarter hours is put on the clock: a
    missing hour takes the price before it, a repeated one the later price.
    """
    days: dict[date, Floats] = {}
    for row in _rows(path, {"target_ts", "y_true"}):
        local = datetime.fromisoformat(row["target_ts"]).astimezone(zone)
        day = days.setdefault(local.date(), np.full(DAY_SLOTS, np.nan))
        day[local.hour * 4 + local.minute // 15] = float(row["y_true"]) / 1000
    if not days:
        raise BadFile(f"{path} has no prices")
    return np.array([_filled(days[one]) for one in sorted(days)])


def _filled(prices: Floats) -> Floats:
    known = np.flatnonzero(np.isfinite(prices))
    last = known[np.maximum(np.searchsorted(known, np.arange(len(prices)), side="right") - 1, 0)]
    return np.asarray(prices[last])


def _rows(path: Path, wanted: set[str]) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as stream:
        reader = csv.DictReader(stream)
        missing = wanted - set(reader.fieldnames or ())
        if missing:
            raise BadFile(f"{path} has no column {', '.join(sorted(missing))}")
        yield from reader
