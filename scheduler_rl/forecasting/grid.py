"""Sessions as a grid: which charger was occupied when, and for how long already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from scheduler_rl.arrays import Bools, Floats, Ints
from scheduler_rl.worlds.files import Sessions

STEP_MIN: Final = 15
DAY_STEPS: Final = 96
DAY_MIN: Final = 1440
FIRST_WEEKEND_DAY: Final = 5
MOST_CELLS: Final = 200_000_000  # charger x quarter hour: 2 GB; 2,800 chargers over two years


@dataclass(frozen=True, slots=True)
class Grid:
    """Chargers by quarter hours: C chargers at S sites, T steps of whole days.

    site: (C,), index of the charger's site; ids: (S,), the source's numbers; first_day: proleptic ordinal of step
    0; occupied: (C, T); since: (C, T), minutes since the charger became what it is (NaN: not known).
    """

    site: Ints
    ids: Ints
    first_day: int
    occupied: Bools
    since: Floats

    @property
    def days(self) -> int:
        return int(self.occupied.shape[1]) // DAY_STEPS

    @property
    def steps(self) -> Ints:
        return np.arange(self.occupied.shape[1])

    def capacity(self) -> Ints:
        """Chargers of each site, (S,)."""
        return np.bincount(self.site, minlength=len(self.ids))

    def per_site(self, figures: Floats | Bools) -> Floats:
        """Sums over the chargers of each site; (C, ...) to (S, ...)."""
        order = np.argsort(self.site, kind="stable")
        begins = np.searchsorted(self.site[order], np.arange(len(self.ids)))
        return np.add.reduceat(figures[order].astype(np.float64), begins, axis=0)

    def weekend(self, step: Ints) -> Bools:
        """Whether steps lie on a Saturday or Sunday."""
        return np.asarray((self.first_day + step // DAY_STEPS - 1) % 7 >= FIRST_WEEKEND_DAY)

    def until(self, last: date) -> int:
        """Steps up to and including that day."""
        return int(np.clip((last.toordinal() - self.first_day + 1) * DAY_STEPS, 0, self.occupied.shape[1]))


def build_grid(sessions: Sessions) -> Grid:
    """The grid of all days on which a session starts. Raises ValueError without sessions, or if it were too large."""
    if not len(sessions):
        raise ValueError("no sessions")
    names = sorted({*zip(sessions.site.tolist(), sessions.charger, strict=True)})
    number = {name: position for position, name in enumerate(names)}
    ids, site = np.unique([name[0] for name in names], return_inverse=True)
    first = int(sessions.day.min())
    last = int(sessions.day.max())
    steps = (last - first + 1) * DAY_STEPS
    if len(names) * steps > MOST_CELLS:
        span = f"{date.fromordinal(first)} to {date.fromordinal(last)}"
        raise ValueError(f"{len(names)} chargers from {span} are too many days for one grid")
    occupied = np.zeros((len(names), steps), dtype=bool)
    changed = np.full((len(names), steps), np.nan)
    begin = (sessions.day - first) * DAY_MIN + sessions.start
    for charger, start, end in _in_order(sessions, number, begin):
        low, high = (int(np.ceil(minute / STEP_MIN)) for minute in (start, end))
        occupied[charger, low:high] = True
        changed[charger, low:high] = start
        changed[charger, high:] = end
    since = np.arange(steps) * float(STEP_MIN) - changed
    return Grid(site, ids, first, occupied, since)


def _in_order(
    sessions: Sessions, number: dict[tuple[int, str], int], begin: Floats
) -> list[tuple[int, float, float]]:
    """charger, start and end in minutes of each session, by start."""
    return [
        (
            number[(int(sessions.site[i]), sessions.charger[i])],
            float(begin[i]),
            float(begin[i] + sessions.stay[i]),
        )
        for i in np.argsort(begin, kind="stable")
    ]
