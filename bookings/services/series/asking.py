"""What a driver asks for when a slot shall repeat, and how it looks before anything is booked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from accounts.models import Vehicle
from bookings.availability import offers_at
from bookings.availability.wishes import Wish
from bookings.recurrence import Occurrence, Rule, expand
from bookings.services.deal import Deal
from bookings.services.series.judging import DateAsk, DateSlot, judge
from evbooking.core.errors import Invalid
from evbooking.core.money import Money
from stations.models import EVSE, Station


@dataclass(frozen=True, slots=True)
class SeriesAsk:
    """A slot that repeats by `rule`, beginning with [start, end), aware instants; the rest as `hold_slot` takes it."""

    station: Station
    start: datetime
    end: datetime
    rule: Rule
    evse: EVSE | None = None
    connector: str | None = None
    vehicle: Vehicle | None = None
    energy_kwh: Decimal | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.station.time_zone)

    @property
    def first(self) -> datetime:
        """The site's wall clock of the first, naive."""
        return self.start.astimezone(self.zone).replace(tzinfo=None, fold=0)

    @property
    def lasting(self) -> timedelta:
        return self.end - self.start

    @property
    def wish(self) -> Wish:
        return Wish(self.connector, self.vehicle)

    def occurrences(self) -> list[Occurrence]:
        """Its dates. Raises Invalid at `rrule` or `end`."""
        if self.lasting <= timedelta():
            raise Invalid.one("end", "end_before_start", "The end must come after the start.")
        found = expand(self.rule, self.first, self.zone)
        starts = [one.start for one in found if one.start]
        if any(later - earlier < self.lasting for earlier, later in pairwise(starts)):
            raise Invalid.one("end", "too_long", "Each date must be over before the next one begins.")
        return found


@dataclass(frozen=True, slots=True)
class SeriesPreview:
    """The dates of an ask as they are now."""

    ask: SeriesAsk
    deal: Deal
    dates: list[DateSlot]

    @property
    def free(self) -> list[DateSlot]:
        return [date for date in self.dates if date.free]

    @property
    def later(self) -> list[DateSlot]:
        """Those that are booked by themselves when they can be."""
        return [date for date in self.dates if date.later]

    @property
    def total(self) -> Money:
        """What the free ones cost together."""
        return total_of(self.free, self.deal)


def total_of(dates: list[DateSlot], deal: Deal) -> Money:
    """What these dates cost together."""
    currency = str(deal.tariff_version.document["currency"])
    return Money.total((date.total for date in dates if date.total), currency)


def preview_series(ask: SeriesAsk, *, now: datetime) -> SeriesPreview:
    """Each date with its slot and price, or with what forbids it. Raises Invalid for what no date could mend."""
    occurrences = ask.occurrences()
    deal = offered(ask.station)
    asks = [_asked(ask, one, deal, now) for one in occurrences]
    return SeriesPreview(ask, deal, judge(ask.station, asks, now=now))


def _asked(ask: SeriesAsk, one: Occurrence, deal: Deal, now: datetime) -> DateAsk:
    later = one.start is not None and deal.terms.opens_at(one.start) > now
    under = deal.at_any_time if later else deal
    return DateAsk(one.wall, one.start, ask.lasting, under, ask.evse, ask.wish, ask.energy_kwh, later=later)


def offered(station: Station) -> Deal:
    """The deal a station offers, as far as is known without a lock. Raises Invalid `station_not_bookable`."""
    [offer] = offers_at([(station.pk, station.revision)])
    if not offer.bookable or offer.terms is None or offer.tariff is None:
        raise Invalid.one("station", "station_not_bookable", "This station takes no bookings.")
    return Deal(offer, offer.terms, offer.tariff)


def new_series_id() -> UUID:
    """The id of a series to be: who asks twice under one id gets one series."""
    return uuid4()
