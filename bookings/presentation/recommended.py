"""The best slots for a driver, as buttons with their reasons and the sums behind them."""

from __future__ import annotations

from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from bookings.forms.best import ORDERS, PREFERENCES, BestForm
from bookings.forms.slot import SlotValue
from bookings.ports import Answer, Ranked
from bookings.presentation.words import percent_sure, site_clock, site_day
from bookings.ranking.rankers import EarliestFirst, WeightedGreedy
from evbooking.core.money import Money

_ORDERED: Final = {
    WeightedGreedy.version: "In order of what each costs you: the charge, the way, waiting, a slot that does not fit.",
    EarliestFirst.version: "The earliest start first, then the nearest.",
}
_FOR_ALL: Final = (
    "In order of what each costs you \N{EN DASH} the charge, the way, waiting, a slot that does not fit \N{EN DASH} "
    "plus what it takes from drivers who come later."
)
_NAMES: Final = {
    "energy": "charge",
    "travel": "way",
    "waiting": "waiting",
    "duration_mismatch": "does not fit",
}


class BestSlot(NamedTuple):
    """A recommended slot: where its button leads and what it sends, what it is, and why.

    `sums` adds up what it costs; `sure` is the percent by which it is really free then, None where nobody knows.
    """

    slug: str
    value: str
    minutes: int
    station: str
    here: bool
    day: str
    time: str
    price: Money
    reason: str
    sums: str
    sure: int | None


class Option(NamedTuple):
    """A way to choose the best slots: a link with this value of a parameter."""

    value: str
    label: str
    current: bool


class Best(NamedTuple):
    """The best slots in order, by what they stand so, and the other ways to choose them."""

    slots: list[BestSlot]
    ordered: str
    preferences: list[Option]
    orders: list[Option]
    form: BestForm


def best_slots(answer: Answer, form: BestForm, *, slug: str, zone: ZoneInfo) -> Best:
    """In the ranker's order, at the clock of the station whose page it is (`slug`)."""
    chosen = str(form.preference)
    return Best(
        slots=[_best(one, slug, zone) for one in answer.ranked],
        ordered=_ORDERED.get(answer.version, _FOR_ALL),
        preferences=[Option(value, label, value == chosen) for value, label in PREFERENCES],
        orders=[Option(value, label, value == form.plain) for value, label in ORDERS],
        form=form,
    )


def _best(ranked: Ranked, slug: str, zone: ZoneInfo) -> BestSlot:
    one = ranked.candidate
    return BestSlot(
        slug=one.station_slug,
        value=str(SlotValue(one.start, "", one.evse_uid)),
        minutes=int((one.end - one.start).total_seconds()) // 60,
        station=one.station_name,
        here=one.station_slug == slug,
        day=site_day(one.start, zone),
        time=f"{site_clock(one.start, zone)}\N{EN DASH}{site_clock(one.end, zone)}",
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
