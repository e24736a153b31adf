"""What a tariff asks: for a planned or metered session, and for a reservation nobody came for.

Pure functions: the same tariff, periods and zone give the same quote, years later too.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from evbooking.core.money import minor_unit
from stations.pricing.calendar import Pattern, calendar_pattern
from stations.pricing.describe import describe
from stations.pricing.elements import TariffDimensionType
from stations.pricing.metering import Usage, meter
from stations.pricing.profile import NOMINAL_VOLTAGE, ChargingPeriod, Profile, checked, constant_power
from stations.pricing.quote import Line, LineDimension, Quote
from stations.pricing.rules import CompiledTariff, Rule, RuleBook, compile_tariff
from stations.pricing.settle import rounded, settle
from stations.pricing.steps import round_up_steps
from stations.pricing.tariff import Tariff

Reserved = tuple[datetime, datetime]

_UNITS = {TariffDimensionType.FLAT: "1", TariffDimensionType.ENERGY: "kWh"}
_ORDER = [
    TariffDimensionType.FLAT,
    TariffDimensionType.ENERGY,
    TariffDimensionType.TIME,
    TariffDimensionType.PARKING_TIME,
]
_SHOWN = Decimal("0.000001")


def price(tariff: Tariff, profile: Profile, *, zone: ZoneInfo, reserved: Reserved | None = None) -> Quote:
    """The price of a session with these charging periods at a site in this zone.

    `reserved` is [from, until) during which the EVSE was kept for the driver before the session; where it has
    no length only the reservation's flat fee is due, and None means there was no reservation. A flat fee is
    due once, for the first one that holds at any time. Raises InvalidProfile.
    """
    compiled = compile_tariff(tariff)
    lines = (
        [] if reserved is None else _reservation_lines(tariff, compiled, compiled.reservation, reserved, zone)
    )
    usage = meter(
        compiled.session,
        compiled,
        checked(profile),
        zone=zone,
        grace_seconds=tariff.idle_grace_minutes * 60,
    )
    return settle(tariff, [*lines, *_lines(tariff, usage)], limited=True)


def price_expired_reservation(tariff: Tariff, *, reserved: Reserved, zone: ZoneInfo) -> Quote:
    """The price of a no-show: the EVSE was kept for `reserved` [from, until) and nobody came.

    Per dimension RESERVATION_EXPIRES prices go before RESERVATION prices. Price limits are for sessions and
    do not apply.
    """
    compiled = compile_tariff(tariff)
    lines = _reservation_lines(tariff, compiled, compiled.expired, reserved, zone)
    return settle(tariff, lines, limited=False)


def quote(
    tariff: Tariff,
    *,
    start: datetime,
    end: datetime,
    power_kw: Decimal,
    zone: ZoneInfo,
    energy_kwh: Decimal | None = None,
    voltage: int = NOMINAL_VOLTAGE,
    reserved_from: datetime | None = None,
) -> Quote:
    """The price of a booked slot [start, end): the energy at constant power, then parking (constant_power).

    The driver is expected at the start, so of a reservation only the flat fee is due, unless the time from
    `reserved_from` to the start is to be paid.
    """
    profile = constant_power(start, end, power_kw=power_kw, energy_kwh=energy_kwh, voltage=voltage)
    return price(tariff, profile, zone=zone, reserved=(reserved_from or start, start))


def quote_many(
    tariff: Tariff,
    *,
    starts: Iterable[datetime],
    duration: timedelta,
    power_kw: Decimal,
    zone: ZoneInfo,
    energy_kwh: Decimal | None = None,
    voltage: int = NOMINAL_VOLTAGE,
) -> list[Quote]:
    """The quote of each start, in order; starts at which the same prices hold share one object."""
    compiled = compile_tariff(tariff)
    by_pattern: dict[Pattern, Quote] = {}
    quotes = []
    for start in starts:
        end = start + duration
        pattern = calendar_pattern(compiled, start, end, zone) if compiled.needs_wall else ()
        if pattern not in by_pattern:
            profile = constant_power(start, end, power_kw=power_kw, energy_kwh=energy_kwh, voltage=voltage)
            by_pattern[pattern] = price(tariff, profile, zone=zone, reserved=(start, start))
        quotes.append(by_pattern[pattern])
    return quotes


def _reservation_lines(
    tariff: Tariff, compiled: CompiledTariff, book: RuleBook, reserved: Reserved, zone: ZoneInfo
) -> list[Line]:
    if not book:
        return []
    kept = checked([ChargingPeriod(*reserved)])
    return _lines(tariff, meter(book, compiled, kept, zone=zone))


def _lines(tariff: Tariff, usage: Usage) -> list[Line]:
    """One line per price component used, in the order start fee, energy, charging, parking."""
    round_up_steps(usage)
    used = sorted(usage.quantities.items(), key=lambda item: _ORDER.index(item[0].component.type))
    return [_line(tariff, rule, quantity) for rule, quantity in used]


def _line(tariff: Tariff, rule: Rule, quantity: Fraction) -> Line:
    component = rule.component
    reservation = rule.restrictions and rule.restrictions.reservation
    return Line(
        dimension=LineDimension(reservation or component.type),
        description=describe(component, rule.restrictions),
        quantity=_shown(quantity),
        unit=_UNITS.get(component.type, "h"),
        unit_price=_unit_price(component.price, tariff.currency),
        amount=rounded(rule.price * quantity, tariff.currency),
        vat=component.vat,
    )


def _shown(quantity: Fraction) -> Decimal:
    exact = Decimal(quantity.numerator) / quantity.denominator
    return exact.quantize(_SHOWN, ROUND_HALF_UP).normalize() + 0


def _unit_price(amount: Decimal, currency: str) -> Decimal:
    """The price with at least the decimals of its currency: 2.00, 0.0625."""
    unit = minor_unit(currency)
    return amount.normalize() if amount % unit else amount.quantize(unit)
