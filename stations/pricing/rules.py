"""A tariff compiled for pricing: per dimension its price components in order, each with a fast condition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from stations.pricing.elements import (
    DayOfWeek,
    PriceComponent,
    ReservationRestrictionType,
    Restrictions,
    TariffDimensionType,
)
from stations.pricing.tariff import Tariff

_DAYS = list(DayOfWeek)
_DAY_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class Moment:
    """The state of a session at one instant: what restrictions can ask for. Hours, kWh, kW, A."""

    wall: datetime | None
    kwh: Fraction
    seconds: Fraction
    power: Fraction
    current: Fraction


@dataclass(frozen=True, slots=True)
class Bounds:
    """A half-open range [least, most); None is open on that side."""

    least: Fraction | None
    most: Fraction | None

    def __contains__(self, value: Fraction) -> bool:
        return (self.least is None or value >= self.least) and (self.most is None or value < self.most)

    @property
    def edges(self) -> set[Fraction]:
        return {edge for edge in (self.least, self.most) if edge is not None}


@dataclass(frozen=True, slots=True)
class Condition:
    """The restrictions of one element, ready to be asked at a moment."""

    first_minute: int
    minutes: int  # of the wall clock from first_minute on, 1440 for all day
    dates: tuple[date, date]
    weekdays: frozenset[int]
    kwh: Bounds
    power: Bounds
    current: Bounds
    seconds: Bounds

    @property
    def needs_wall(self) -> bool:
        return self.minutes < _DAY_MIN or self.dates != (date.min, date.max) or len(self.weekdays) < 7

    def holds(self, moment: Moment) -> bool:
        return (
            moment.kwh in self.kwh
            and moment.seconds in self.seconds
            and moment.power in self.power
            and moment.current in self.current
            and (moment.wall is None or self.holds_at(moment.wall))
        )

    def holds_at(self, wall: datetime) -> bool:
        """The part of the condition that asks for the site's wall clock and date."""
        minute = wall.hour * 60 + wall.minute
        return (
            (minute - self.first_minute) % _DAY_MIN < self.minutes
            and wall.weekday() in self.weekdays
            and self.dates[0] <= wall.date() < self.dates[1]
        )


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One price component with its condition; `condition` None always holds. `step` is in kWh or hours."""

    position: int
    component: PriceComponent
    restrictions: Restrictions | None
    condition: Condition | None
    price: Fraction
    step: Fraction


RuleBook = Mapping[TariffDimensionType, tuple[Rule, ...]]


@dataclass(frozen=True, slots=True)
class CompiledTariff:
    """The rules of sessions, reservations and expired reservations, and the edges where they change."""

    session: RuleBook
    reservation: RuleBook
    expired: RuleBook
    calendars: tuple[Condition, ...]
    wall_minutes: tuple[int, ...]
    kwh_edges: tuple[Fraction, ...]
    second_edges: tuple[Fraction, ...]

    @property
    def needs_wall(self) -> bool:
        """Whether any price depends on the time of day, the weekday or the date at the site."""
        return bool(self.calendars)


@lru_cache(maxsize=1024)
def compile_tariff(tariff: Tariff) -> CompiledTariff:
    """Compiles once per tariff; every quote after that finds it in the cache."""
    rules = [
        _rule(position, component, element.restrictions)
        for position, (element, component) in enumerate(
            (element, component) for element in tariff.elements for component in element.price_components
        )
    ]
    expires = _of(rules, ReservationRestrictionType.RESERVATION_EXPIRES)
    reserves = _of(rules, ReservationRestrictionType.RESERVATION)
    conditions = [rule.condition for rule in rules if rule.condition is not None]
    walls = tuple(condition for condition in conditions if condition.needs_wall)
    return CompiledTariff(
        session=_by_dimension(_of(rules, None)),
        reservation=_by_dimension(reserves),
        expired=_by_dimension([*expires, *reserves]),
        calendars=walls,
        wall_minutes=tuple(sorted({0} | {m for c in walls for m in _clock_edges(c)})),
        kwh_edges=tuple(sorted({edge for condition in conditions for edge in condition.kwh.edges})),
        second_edges=tuple(sorted({edge for condition in conditions for edge in condition.seconds.edges})),
    )


def first_holding(rules: Iterable[Rule], moment: Moment) -> Rule | None:
    """The first rule of a dimension that holds at a moment (OCPI: the first matching element wins)."""
    for rule in rules:
        if rule.condition is None or rule.condition.holds(moment):
            return rule
    return None


def _rule(position: int, component: PriceComponent, restrictions: Restrictions | None) -> Rule:
    per_unit = 1000 if component.type is TariffDimensionType.ENERGY else 3600
    return Rule(
        position=position,
        component=component,
        restrictions=restrictions,
        condition=None if restrictions is None else _condition(restrictions),
        price=Fraction(component.price),
        step=Fraction(component.step_size, per_unit),
    )


def _condition(found: Restrictions) -> Condition:
    begin, end = found.start_time or 0, found.end_time or 0
    return Condition(
        first_minute=begin,
        minutes=end - begin if end > begin else end - begin + _DAY_MIN,
        dates=(found.start_date or date.min, found.end_date or date.max),
        weekdays=frozenset(map(_DAYS.index, found.day_of_week or _DAYS)),
        kwh=_bounds(found.min_kwh, found.max_kwh),
        power=_bounds(found.min_power, found.max_power),
        current=_bounds(found.min_current, found.max_current),
        seconds=_bounds(found.min_duration, found.max_duration),
    )


def _bounds(least: Decimal | int | None, most: Decimal | int | None) -> Bounds:
    return Bounds(None if least is None else Fraction(least), None if most is None else Fraction(most))


def _clock_edges(condition: Condition) -> tuple[int, int]:
    return condition.first_minute, (condition.first_minute + condition.minutes) % _DAY_MIN


def _of(rules: Iterable[Rule], reservation: ReservationRestrictionType | None) -> list[Rule]:
    return [rule for rule in rules if (rule.restrictions and rule.restrictions.reservation) == reservation]


def _by_dimension(rules: list[Rule]) -> RuleBook:
    return {
        kind: tuple(rule for rule in rules if rule.component.type is kind)
        for kind in TariffDimensionType
        if any(rule.component.type is kind for rule in rules)
    }
