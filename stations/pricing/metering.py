"""How much of each price component a session uses, exactly and before any rounding.

Every period is cut wherever a restriction may begin or stop to hold: wall-clock times and midnights of the
site, changes of its clocks, thresholds of energy and of duration, the end of the idle grace. Between two cuts
nothing changes, so the first matching element per dimension is asked once. All arithmetic is in fractions:
where a period happens to be split never changes a price.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

from stations.local_time import instant_at
from stations.pricing.calendar import wall_edges
from stations.pricing.elements import TariffDimensionType
from stations.pricing.profile import NOMINAL_VOLTAGE, ChargingPeriod, Profile
from stations.pricing.rules import CompiledTariff, Moment, Rule, RuleBook, first_holding

_ZERO, _ONE = Fraction(0), Fraction(1)
_MICROSECOND = timedelta(microseconds=1)

ENERGY, FLAT = TariffDimensionType.ENERGY, TariffDimensionType.FLAT
TIME, PARKING_TIME = TariffDimensionType.TIME, TariffDimensionType.PARKING_TIME


@dataclass(slots=True)
class Usage:
    """Quantities by rule, in order of first use: kWh, hours, or 1 for a flat fee."""

    quantities: dict[Rule, Fraction] = field(default_factory=dict)
    has_flat: bool = False
    last_energy: Rule | None = None
    last_time: Rule | None = None

    def add(self, rule: Rule, quantity: Fraction) -> None:
        used = self.quantities.get(rule)
        self.quantities[rule] = quantity if used is None else used + quantity
        match rule.component.type:
            case TariffDimensionType.FLAT:
                self.has_flat = True
            case TariffDimensionType.ENERGY:
                self.last_energy = rule
            case _:
                self.last_time = rule

    def total(self, dimension: TariffDimensionType) -> Fraction:
        used = [quantity for rule, quantity in self.quantities.items() if rule.component.type is dimension]
        return used[0] if len(used) == 1 else sum(used, _ZERO)


@dataclass(frozen=True, slots=True)
class _Span:
    """A charging period in the session's own measures: `seconds` from `since`, `kwh` on top of `base`."""

    period: ChargingPeriod
    since: Fraction
    seconds: Fraction
    base: Fraction
    kwh: Fraction
    power: Fraction
    current: Fraction

    def moment(self, share: Fraction, zone: ZoneInfo | None) -> Moment:
        """The state of the session when this share of the period, from 0 to 1, has passed."""
        gone = self.seconds * share if share else _ZERO
        return Moment(
            wall=None if zone is None else self._instant(gone).astimezone(zone),
            kwh=self.base + self.kwh * share if share else self.base,
            seconds=self.since + gone if share else self.since,
            power=self.power,
            current=self.current,
        )

    @property
    def hours(self) -> Fraction:
        return self.seconds / 3600

    def _instant(self, gone: Fraction) -> datetime:
        return self.period.start + timedelta(microseconds=int(gone * 1_000_000))


def meter(
    book: RuleBook, compiled: CompiledTariff, profile: Profile, *, zone: ZoneInfo, grace_seconds: int = 0
) -> Usage:
    """The usage of a profile (ordered, disjoint) under the rules of one book of the compiled tariff."""
    usage = Usage()
    parked = _ZERO
    clock = zone if compiled.needs_wall else None
    for span in _spans(profile):
        grace = _ZERO if span.period.charging else min(max(grace_seconds - parked, _ZERO), span.seconds)
        for begin, end in _parts(span, compiled, clock, grace):
            moment = span.moment(begin, clock)
            is_free = bool(grace) and begin * span.seconds < grace
            _add_part(usage, book, span, moment, end - begin, is_free=is_free)
        if not span.period.charging:
            parked += span.seconds
    return usage


def _add_part(
    usage: Usage, book: RuleBook, span: _Span, moment: Moment, share: Fraction, *, is_free: bool
) -> None:
    if not usage.has_flat:
        _use(usage, book, FLAT, moment, _ONE)
    if span.kwh:
        _use(usage, book, ENERGY, moment, span.kwh * share if share != 1 else span.kwh)
    if span.seconds and not is_free:
        dimension = TIME if span.period.charging else PARKING_TIME
        _use(usage, book, dimension, moment, span.hours * share if share != 1 else span.hours)


def _use(
    usage: Usage, book: RuleBook, dimension: TariffDimensionType, moment: Moment, quantity: Fraction
) -> None:
    rule = first_holding(book.get(dimension, ()), moment)
    if rule is not None:
        usage.add(rule, quantity)


def _spans(profile: Profile) -> Iterator[_Span]:
    origin = profile[0].start
    base = _ZERO
    for period in profile:
        seconds = _seconds(period.end - period.start)
        kwh = Fraction(period.energy_kwh)
        power, current = _power(period, kwh, seconds)
        yield _Span(period, _seconds(period.start - origin), seconds, base, kwh, power, current)
        base += kwh


def _seconds(span: timedelta) -> Fraction:
    return Fraction(span // _MICROSECOND, 1_000_000)


def _power(period: ChargingPeriod, kwh: Fraction, seconds: Fraction) -> tuple[Fraction, Fraction]:
    """Power in kW and current in A of a period, stated or derived."""
    average = kwh * 3600 / seconds if seconds else _ZERO
    power = average if period.power_kw is None else Fraction(period.power_kw)
    current = power * 1000 / NOMINAL_VOLTAGE if period.current_a is None else Fraction(period.current_a)
    return power, current


def _parts(
    span: _Span, compiled: CompiledTariff, clock: ZoneInfo | None, grace: Fraction
) -> list[tuple[Fraction, Fraction]]:
    """The shares [begin, end) of a period between which no restriction changes; one part for an instant."""
    shares: set[Fraction] = set()
    if span.seconds:
        gone = [edge - span.since for edge in compiled.second_edges]
        if clock is not None:
            edges = wall_edges(span.period.start, span.period.end, clock, compiled.wall_minutes)
            gone += [_seconds(instant_at(edge) - span.period.start) for edge in edges]
        shares.update(edge / span.seconds for edge in (*gone, grace) if 0 < edge < span.seconds)
    if span.kwh:
        added = (edge - span.base for edge in compiled.kwh_edges)
        shares.update(edge / span.kwh for edge in added if 0 < edge < span.kwh)
    return list(pairwise([_ZERO, *sorted(shares), _ONE]))
