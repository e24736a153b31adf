"""Series as their drivers see them: the rule in words, and a line for each date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from bookings.errors import SlotTaken
from bookings.holds import awaits_payment
from bookings.models import BLOCKING, Booking, LaterDate, Series
from bookings.presentation.alternatives import OtherSlot, other_slots
from bookings.presentation.booking_page import BookingPage
from bookings.presentation.refusals import refusal_words
from bookings.presentation.words import site_day, site_range
from bookings.recurrence import Rule, parse_rule
from bookings.selectors.preview import SlotAsked
from bookings.selectors.series import is_moved, later_day, later_of, to_be_paid
from bookings.services.cancel import CANCELABLE
from bookings.services.series.asking import SeriesPreview
from bookings.services.series.changing import DateChanged
from bookings.services.series.following import LaterChanged
from bookings.services.series.judging import DateAsk, DateSlot
from bookings.terms import AcceptedTerms
from bookings.transitions import CHANGEABLE
from evbooking.core.money import Money

State = LaterDate.State
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MISSED: Final = {
    "slot_taken": "Somebody else has the slot.",
    "dearer_than_agreed": "It costs more now than what you agreed to.",
    "terms_changed": "The station's terms are others than those you accepted.",
    "payment_required": "It has to be paid first, and no card is saved.",
}
_UNIT: Final = {"DAILY": "day", "WEEKLY": "week"}


class DateLine(NamedTuple):
    """A date that might be booked: `day` names it in the form; `words` say why it cannot be had.

    One that is booked by itself says on which day its bookings `opens`; else that is empty.
    """

    day: date
    text: str
    time: str
    price: Money | None
    free: bool
    words: str
    others: list[OtherSlot]
    opens: str


def preview_lines(preview: SeriesPreview, asked: SlotAsked) -> list[DateLine]:
    """The dates of a preview, each with what is free instead where it is taken."""
    return [_line(slot, asked, preview) for slot in preview.dates]


def change_lines(dates: Sequence[DateChanged], zone: ZoneInfo) -> list[ChangeLine]:
    """What a change would make of each date."""
    return [_change_line(one, zone) for one in dates]


def later_lines(later: Sequence[LaterChanged], series: Series, zone: ZoneInfo) -> list[ChangeLine]:
    """What a change would make of each date that is not booked yet."""
    lasting = timedelta(minutes=series.duration_minutes)
    return [_later_change_line(one, lasting, zone) for one in later]


class LaterLine(NamedTuple):
    """A date that waits until it can be booked, from the day `opens` on; why it could not be; or with neither one
    that was withdrawn. `date` names it in a form."""

    date: date
    day: str
    time: str
    opens: str
    missed: str
    at_most: Money


class ChangeLine(NamedTuple):
    """A date before and after a change, with its new price, or why it stays; `waits`: it is not booked yet."""

    before: str
    after: str
    price: Money | None
    words: str
    waits: bool = False


def rule_words(rule: Rule, first: date) -> str:
    """Every Tuesday, 4 dates; every 2 weeks on Monday and Friday, until 31 Dec 2026."""
    if isinstance(rule.until, date):
        end = f"until {rule.until.day} {rule.until:%b %Y}"
    else:
        end = "1 date" if rule.count == 1 else f"{rule.count} dates"
    return f"{_every(rule, first)}, {end}"


def _every(rule: Rule, first: date) -> str:
    days = [_WEEKDAYS[day] for day in sorted(rule.days)]
    if rule.frequency == "WEEKLY" and not days:
        days = [_WEEKDAYS[first.weekday()]]
    named = " and ".join([", ".join(days[:-1]), days[-1]] if len(days) > 1 else days)
    if rule.frequency == "WEEKLY" and rule.interval == 1:
        return f"Every {named}"
    unit = _UNIT[rule.frequency]
    each = f"Every {unit}" if rule.interval == 1 else f"Every {rule.interval} {unit}s"
    return f"{each} on {named}" if named else each


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """A series at an instant, `dates` in order."""

    series: Series
    dates: Sequence[Booking]
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.series.station.time_zone)

    @property
    def rule(self) -> str:
        return rule_words(parse_rule(self.series.rrule), self.series.first_day)

    @property
    def pages(self) -> list[tuple[BookingPage, bool]]:
        """Each date, and whether it was moved by itself."""
        return [(BookingPage(one, self.now), is_moved(one)) for one in self.dates]

    @property
    def later(self) -> list[LaterLine]:
        """The dates that are booked when they can be, could not be, or were withdrawn; none of a series never paid."""
        if self.series.told_at is None and not self.unpaid:
            return []
        return [self._later_line(one) for one in later_of(self.series)]

    @property
    def unpaid(self) -> list[Booking]:
        return to_be_paid(list(self.dates), self.now)

    @property
    def can_change(self) -> bool:
        return any(one.status in CHANGEABLE for one in self.dates)

    @property
    def can_cancel(self) -> bool:
        waits = any(line.opens for line in self.later)
        return waits or any(one.status in CANCELABLE and not self._ran_out(one) for one in self.dates)

    @property
    def total(self) -> Money:
        """What the dates that are open cost together."""
        found = [one for one in self.dates if one.status in BLOCKING and not self._ran_out(one)]
        parts = (Money(one.total_amount, one.currency) for one in found)
        return Money.total(parts, self.dates[0].currency)

    def _later_line(self, later: LaterDate) -> LaterLine:
        start = later.occurrence
        end = start + timedelta(minutes=self.series.duration_minutes)
        opens = AcceptedTerms.of(self.series.station.terms).opens_at(start)
        return LaterLine(
            date=later_day(later, self.series),
            day=site_day(start, self.zone),
            time=site_range(start, end, self.zone),
            opens=site_day(opens, self.zone) if later.state == State.WAITING else "",
            missed=_missed_words(later) if later.state == State.MISSED else "",
            at_most=Money(later.most_amount, later.currency),
        )

    def _ran_out(self, booking: Booking) -> bool:
        return awaits_payment(booking) and booking not in self.unpaid


def _missed_words(later: LaterDate) -> str:
    return _MISSED.get(later.problem, "The station does not offer it then.")


def _line(slot: DateSlot, asked: SlotAsked, preview: SeriesPreview) -> DateLine:
    slug, zone = preview.ask.station.slug, preview.ask.zone
    start, end, wall = slot.ask.start, slot.ask.end, slot.ask.wall
    noon = wall.replace(hour=12, tzinfo=zone)
    others = slot.problem.alternatives if isinstance(slot.problem, SlotTaken) else []
    return DateLine(
        day=wall.date(),
        text=site_day(noon, zone),
        time=site_range(start, end, zone) if start and end else f"{wall:%H:%M}",
        price=slot.total,
        free=slot.free,
        words=refusal_words(slot.problem) if slot.problem else "",
        others=other_slots(others, asked, slug=slug, zone=zone),
        opens=site_day(preview.deal.terms.opens_at(start), zone) if start and slot.later else "",
    )


def _change_line(one: DateChanged, zone: ZoneInfo) -> ChangeLine:
    booking = one.booking
    return ChangeLine(
        before=f"{site_day(booking.start, zone)}, {site_range(booking.start, booking.end, zone)}",
        after=_after(booking.start, one.slot.ask, zone),
        price=one.slot.total,
        words=refusal_words(one.problem) if one.problem else "",
    )


def _later_change_line(one: LaterChanged, lasting: timedelta, zone: ZoneInfo) -> ChangeLine:
    start = one.later.occurrence
    return ChangeLine(
        before=f"{site_day(start, zone)}, {site_range(start, start + lasting, zone)}",
        after=_after(start, one.slot.ask, zone),
        price=one.slot.total,
        words=refusal_words(one.problem) if one.problem else "",
        waits=True,
    )


def _after(before: datetime, ask: DateAsk, zone: ZoneInfo) -> str:
    """The time, with the day where it is another."""
    if not (ask.start and ask.end):
        return f"{ask.wall:%H:%M}"
    time = site_range(ask.start, ask.end, zone)
    day = site_day(ask.start, zone)
    return time if day == site_day(before, zone) else f"{day}, {time}"
