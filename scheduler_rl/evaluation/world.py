"""The worlds of an evaluation: one to fit on and one to test on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from scheduler_rl.worlds.city import City
from scheduler_rl.worlds.files import read_prices, read_sessions, read_sites
from scheduler_rl.worlds.generated import generated_city
from scheduler_rl.worlds.hamburg import NEAREST, Span, Split, hamburg_city

_FIT_DRAW: Final = 1
_TEST_DRAW: Final = 3


@dataclass(frozen=True, slots=True)
class Files:
    """Where sites, sessions and prices are read from, and around which site the world lies (None: worlds.hamburg)."""

    sites: Path
    sessions: Sequence[Path]
    prices: Path
    centre: int | None = None
    nearest: int = NEAREST

    @property
    def digest(self) -> str:
        """Names what stands in the files, and where the world lies. Raises OSError."""
        return digest_of(f"{self.centre} {self.nearest}", (self.sites, *self.sessions, self.prices))[:16]


def digest_of(asked: str, files: Iterable[Path]) -> str:
    """Names what was asked and what stands in the files, as sha256 in hex. Raises OSError."""
    found = hashlib.sha256(asked.encode())
    for path in files:
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def cities_of(files: Files, *, fit_until: date, spans: dict[Split, Span]) -> dict[Split, City]:
    """One world per split; sites as fitted up to `fit_until`. Raises OSError and BadFile."""
    places, sessions = read_sites(files.sites), read_sessions(files.sessions)
    prices = read_prices(files.prices)
    fit = Span(None, fit_until)
    return {
        split: hamburg_city(
            places,
            sessions,
            prices,
            split=split,
            fit=fit,
            span=span,
            centre=files.centre,
            nearest=files.nearest,
        )
        for split, span in spans.items()
    }


def fit_and_test(files: Files, *, fit_until: date, test_from: date) -> tuple[City, City]:
    """The world up to and including one date, and the world from another on. Raises ValueError if they overlap."""
    if test_from <= fit_until:
        raise ValueError(f"the test begins {test_from}, within the days that are fitted (until {fit_until})")
    spans: dict[Split, Span] = {"train": Span(None, fit_until), "test": Span(test_from, None)}
    cities = cities_of(files, fit_until=fit_until, spans=spans)
    return cities["train"], cities["test"]


def validation_span(fit_until: date, until: date) -> Span:
    """The days after `fit_until` up to and including `until`."""
    return Span(fit_until + timedelta(days=1), until)


def generated_pair(stations: int) -> tuple[City, City]:
    """A generated city to fit on, and the same stations with other sessions and price days to test on."""
    return (
        generated_city(stations, seed=1, draw=_FIT_DRAW),
        generated_city(stations, seed=1, draw=_TEST_DRAW),
    )
