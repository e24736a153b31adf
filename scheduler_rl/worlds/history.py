"""An installation's own history as worlds: what its stations were asked for, cut into regions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np

from scheduler_rl.arrays import Bools, Floats, Ints
from scheduler_rl.worlds.behaviour import PRICE_RULE
from scheduler_rl.worlds.city import MOST_CONNECTORS, City, Sites
from scheduler_rl.worlds.files import EARTH_M, Sessions
from scheduler_rl.worlds.hamburg import Span, pools_of

REGION: Final = 40  # stations at most: a day's LP stays small, and people look at 24


@dataclass(frozen=True, slots=True)
class History:
    """What was asked for at S stations in whole local days from `first_day` to `last_day` (ordinals, included).

    station: ids as text, latitude, longitude, capacity (EVSEs), dc (whether most of them are): (S,); site (index
    of the station), day (ordinal), start (minutes from midnight), stay (minutes): one entry per booking or
    charging session; price: mean EUR per kWh by quarter hour of the day, (96,).
    """

    station: np.ndarray
    latitude: Floats
    longitude: Floats
    capacity: Ints
    dc: Bools
    site: Ints
    day: Ints
    start: Floats
    stay: Floats
    price: Floats
    first_day: int
    last_day: int

    @property
    def days(self) -> int:
        return self.last_day - self.first_day + 1

    @property
    def sessions(self) -> Sessions:
        """As the files of other cities have them; nobody asks which charger."""
        return Sessions(self.site, (), self.day, self.start, self.stay)

    def save(self, path: Path) -> None:
        """As .npz, for a process of its own."""
        np.savez_compressed(
            path, allow_pickle=False, **{one.name: getattr(self, one.name) for one in fields(self)}
        )

    @classmethod
    def load(cls, path: Path) -> History:
        """Raises OSError, and KeyError when it is something else."""
        with np.load(path, allow_pickle=False) as arrays:
            values: dict[str, Any] = {one.name: arrays[one.name] for one in fields(cls)}
        values |= {name: int(values[name]) for name in ("first_day", "last_day")}
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Region:
    """Neighbouring stations as a world; stations: their index in the history, (n,)."""

    stations: Ints
    city: City


def regions(history: History, span: Span, *, most: int = REGION) -> list[Region]:
    """The stations in groups of at most `most` neighbours, with the demand of the days in `span`."""
    xy = _metres(history)
    return [Region(stations, _city(history, stations, xy[stations], span)) for stations in _halves(xy, most)]


def _city(history: History, stations: Ints, xy: Floats, span: Span) -> City:
    capacity = np.minimum(history.capacity[stations], MOST_CONNECTORS)
    sites = Sites(stations, xy, capacity, history.dc[stations])
    wholesale = (history.price - PRICE_RULE.base) / PRICE_RULE.factor
    name = f"{len(stations)} stations from {history.station[stations[0]]}"
    return City(name, sites, pools_of(history.sessions, sites, span), wholesale[None, :])


def _metres(history: History) -> Floats:
    """Flattened around the middle, as in worlds.files."""
    metres = EARTH_M * np.pi / 180
    narrowing = np.cos(np.radians(history.latitude.mean())) if len(history.latitude) else 1.0
    return np.stack([history.longitude * metres * narrowing, history.latitude * metres], axis=1)


def _halves(xy: Floats, most: int) -> Iterator[Ints]:
    """Cut at the median of the longer side until no part is too large."""
    waiting = [np.arange(len(xy))] if len(xy) else []
    while waiting:
        part = waiting.pop()
        if len(part) <= most:
            yield np.sort(part)
            continue
        longer = int(np.ptp(xy[part], axis=0).argmax())
        order = part[np.argsort(xy[part, longer], kind="stable")]
        waiting += [order[: len(order) // 2], order[len(order) // 2 :]]
