"""The world `hamburg-central`: 20 sites around one, their real sessions, and price days of another year.

Files of another city make a world of the same kind, around the site in the middle of its demand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np

from scheduler_rl.arrays import Bools, Floats
from scheduler_rl.worlds.city import KINDS, MOST_CONNECTORS, City, Kind, Pool, Sites
from scheduler_rl.worlds.files import BadFile, Places, Sessions

CENTRE: Final = 198
NEAREST: Final = 20
DC_RANKS: Final = (2, 5, 9, 13)
PRICE_SHARES: Final = {"train": (0, 36), "validation": (36, 46), "test": (46, 61)}
PRICE_DAYS: Final = 61

Split = Literal["train", "validation", "test"]
FIRST_WEEKEND_DAY: Final = 5
MINUTES_PER_SLOT: Final = 15
_NO_SESSION: Final = "no session of the days to fit belongs to a site"


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included; None is open."""

    first: date | None = None
    last: date | None = None

    def holds(self, sessions: Sessions) -> Bools:
        """Which sessions start within it, shape (len(sessions),)."""
        low = self.first.toordinal() if self.first else 0
        high = self.last.toordinal() if self.last else date.max.toordinal()
        return np.asarray((sessions.day >= low) & (sessions.day <= high))


def central_sites(
    places: Places,
    sessions: Sessions,
    *,
    fit: Span,
    centre: int,
    nearest: int = NEAREST,
) -> Sites:
    """The sites nearest to `centre`; capacity and rank are those seen in the sessions of `fit`.

    Raises BadFile when the centre is unknown or no site has a session.
    """
    if centre not in places:
        raise BadFile(f"no site {centre} to build the world around")
    seen = fit.holds(sessions)
    chargers: dict[int, set[str]] = {}
    count: dict[int, int] = {}
    for position in np.flatnonzero(seen):
        site = int(sessions.site[position])
        chargers.setdefault(site, set()).add(sessions.charger[position])
        count[site] = count.get(site, 0) + 1
    middle = np.array(places[centre])
    known = sorted((one for one in places if one in count), key=lambda one: _distance(places[one], middle))
    ids = known[:nearest]
    if not ids:
        raise BadFile(_NO_SESSION)
    ranked = sorted(ids, key=lambda one: (-count[one], one))
    dc = {ranked[rank - 1] for rank in DC_RANKS if rank <= len(ranked)}
    return Sites(
        ids=np.array(ids),
        xy=np.array([places[one] for one in ids]),
        capacity=np.array([min(len(chargers[one]), MOST_CONNECTORS) for one in ids]),
        dc=np.array([one in dc for one in ids]),
    )


def pools_of(sessions: Sessions, sites: Sites, span: Span) -> dict[Kind, Pool]:
    """The sessions of `span` at `sites`, weekdays and weekends apart."""
    index = {int(one): position for position, one in enumerate(sites.ids)}
    here = span.holds(sessions)
    mine = here & np.isin(sessions.site, sites.ids)
    weekend = (sessions.day - 1) % 7 >= FIRST_WEEKEND_DAY  # ordinal 1 was a Monday
    pools: dict[Kind, Pool] = {}
    for kind in KINDS:
        of_kind = weekend if kind == "weekend" else ~weekend
        chosen = mine & of_kind
        pools[kind] = Pool(
            site=np.array([index[int(one)] for one in sessions.site[chosen]], dtype=np.int64),
            start=sessions.start[chosen] / MINUTES_PER_SLOT,
            stay=sessions.stay[chosen],
            days=len(np.unique(sessions.day[here & of_kind])),
        )
    return pools


def price_days(prices: Floats, split: Split) -> Floats:
    """The price days of one split, in date order 36 : 10 : 15 as of the 61 of the source. Raises BadFile."""
    first, last = (round(edge * len(prices) / PRICE_DAYS) for edge in PRICE_SHARES[split])
    if first == last:
        raise BadFile(f"{len(prices)} price days are too few to be split: no day of them is left for {split}")
    return prices[first:last]


def hamburg_city(
    places: Places,
    sessions: Sessions,
    prices: Floats,
    *,
    split: Split,
    fit: Span,
    span: Span,
    centre: int | None = None,
    nearest: int = NEAREST,
) -> City:
    """The world of one split: sites as fitted on `fit`, sessions of `span`, the price days of the split.

    Without a `centre` it lies around Hamburg's, in another city around `middle_of` its demand. Raises BadFile.
    """
    if centre is None:
        centre = CENTRE if CENTRE in places else middle_of(places, sessions, fit=fit)
    sites = central_sites(places, sessions, fit=fit, centre=centre, nearest=nearest)
    name = f"hamburg-{centre}" if centre == CENTRE else f"around site {centre}"
    return City(name, sites, pools_of(sessions, sites, span), price_days(prices, split))


def middle_of(places: Places, sessions: Sessions, *, fit: Span) -> int:
    """The site nearest to the median place of the sessions of `fit`. Raises BadFile when no site has one."""
    known = [int(one) for one in sessions.site[fit.holds(sessions)] if int(one) in places]
    if not known:
        raise BadFile(_NO_SESSION)
    middle = np.median([places[one] for one in known], axis=0)
    return min(sorted(set(known)), key=lambda one: _distance(places[one], middle))


def _distance(place: tuple[float, float], middle: Floats) -> float:
    return float(np.hypot(place[0] - middle[0], place[1] - middle[1]))
