"""The best slots for a driver, as buttons with their reasons and the sums behind them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from accounts.models import Vehicle
from bookings.costs import Preference
from bookings.forms.best import ORDERS, PREFERENCES, BestForm
from bookings.forms.slot import SlotValue
from bookings.ports import Answer, Ranked
from bookings.presentation.words import percent_sure, site_day, site_range
from bookings.ranking.rankers import EarliestFirst, WeightedGreedy
from evbooking.core.money import Money

_OPEN: Final = 3
_ORDERED: Final = {
    WeightedGreedy.version: "In order of what each costs you.",
    EarliestFirst.version: "The earliest start first, then the nearest.",
}
_FOR_ALL: Final = "In order of what each costs you and takes from drivers who come later."
_NAMES: Final = {
    "energy": "charge",
    "travel": "way",
    "waiting": "waiting",
    "duration_mismatch": "wrong length",
}


class BestSlot(NamedTuple):
    """A recommended slot: where its button leads and what it sends, what it is, and why.

    Times are those of its own station's clock, `far_km` the straight line to it. `sums` adds up what it costs; `sure`
    is the percent by which it is really free then, None where nobody knows.
    """

    slug: str
    value: str
    minutes: int
    station: str
    here: bool
    far_km: float
    day: str
    time: str
    price: Money
    reason: str
    sums: str
    sure: int | None


Marks = Mapping[tuple[datetime, str], tuple[int, str]]
"""Rank and reason of slots, by start and EVSE."""


class Option(NamedTuple):
    """A way to choose the best slots: a link with this value of a parameter."""

    value: str
    label: str
    current: bool


class Best(NamedTuple):
    """The best slots in order, by what they stand so, and the other ways to choose them; for which car."""

    slots: list[BestSlot]
    ordered: str
    preferences: list[Option]
    orders: list[Option]
    form: BestForm
    vehicle: Vehicle | None

    @property
    def first(self) -> list[BestSlot]:
        """Those that stand open."""
        return self.slots[:_OPEN]

    @property
    def rest(self) -> list[BestSlot]:
        return self.slots[_OPEN:]

    def marks(self, minutes: int) -> Marks:
        """Those of the first that are at the page's own station and last so long."""
        return {
            (slot.start, slot.evse_uid): (rank, one.reason)
            for rank, one in enumerate(self.first, start=1)
            if one.here and one.minutes == minutes
            for slot in [SlotValue.read(one.value)]
        }


def best_slots(answer: Answer, form: BestForm, *, vehicle: Vehicle | None, slug: str = "") -> Best:
    """In the ranker's order; `slug` is the station whose page it is, if any."""
    return Best(
        slots=[_best(one, slug) for one in answer.ranked],
        ordered=_ORDERED.get(answer.version, _FOR_ALL),
        preferences=preference_options(form.preference),
        orders=order_options(form.plain),
        form=form,
        vehicle=vehicle,
    )


def preference_options(chosen: Preference | None) -> list[Option]:
    """What may matter most; None: nobody has chosen yet."""
    return [Option(value, label, value == chosen) for value, label in PREFERENCES]


def order_options(chosen: str | None) -> list[Option]:
    """The orders to choose from, a plain ranker's by its name; None: nobody has chosen yet."""
    return [Option(value, label, value == chosen) for value, label in ORDERS]


def _best(ranked: Ranked, slug: str) -> BestSlot:
    one = ranked.candidate
    return BestSlot(
        slug=one.station_slug,
        value=str(SlotValue(one.start, "", one.evse_uid)),
        minutes=int((one.end - one.start).total_seconds()) // 60,
        station=one.station_name,
        here=one.station_slug == slug,
        far_km=one.distance_km,
        day=site_day(one.start, one.zone),
        time=site_range(one.start, one.end, one.zone),
        price=one.price,
        reason=ranked.reason[0].upper() + ranked.reason[1:],
        sums=_sums(ranked),
        sure=percent_sure(one.chance),
    )


def _sums(ranked: Ranked) -> str:
    """For you 11.68 EUR: charge 10.78 + way 0.90; from others 0.56."""
    parts = [
        f"{_NAMES[name]} {value:.2f}" for name, value in ranked.terms._asdict().items() if value >= 0.005
    ]
    own = f"For you {ranked.score:.2f} {ranked.candidate.price.currency}: {' + '.join(parts) or 'nothing'}"
    return f"{own}; from others {ranked.others:.2f}." if ranked.others else f"{own}."
