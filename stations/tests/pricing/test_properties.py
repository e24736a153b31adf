"""What must hold for every tariff and every session, against a reference that steps through the minutes."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from stations.pricing import (
    ChargingPeriod,
    DayOfWeek,
    Element,
    PriceComponent,
    PriceLimit,
    Restrictions,
    Tariff,
    TariffDimensionType,
    TaxIncluded,
    price,
    quote,
    quote_many,
)
from stations.pricing.metering import meter
from stations.pricing.rules import compile_tariff
from stations.tests.pricing.examples import BERLIN

MINUTE = timedelta(minutes=1)
ZONES = [BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")]
# evenings before the clocks change in one of the zones, and an ordinary Friday evening
EVENINGS = [
    datetime(2027, 3, 27, 18, tzinfo=UTC),
    datetime(2026, 10, 24, 18, tzinfo=UTC),
    datetime(2027, 3, 14, 0, tzinfo=UTC),
    datetime(2026, 11, 1, 0, tzinfo=UTC),
    datetime(2026, 10, 3, 10, tzinfo=UTC),
    datetime(2027, 4, 3, 10, tzinfo=UTC),
    datetime(2026, 11, 20, 18, tzinfo=UTC),
]
KWH_PER_MINUTE = Decimal("0.125")
POWER = KWH_PER_MINUTE * 60
FEW = settings(max_examples=40, deadline=None)

amounts = st.decimals(0, 20, places=3)
components = st.builds(
    PriceComponent,
    st.sampled_from(TariffDimensionType),
    amounts,
    st.sampled_from([1, 60, 300, 900]),
    st.none() | st.sampled_from([Decimal("7"), Decimal("19"), Decimal("5.2")]),
)
clock_times = st.none() | st.integers(0, 95).map(lambda quarter: quarter * 15)


def ranges(values: st.SearchStrategy) -> st.SearchStrategy:
    pair = st.tuples(values, values).map(sorted).filter(lambda ends: ends[0] < ends[1])
    return st.one_of(
        st.just((None, None)), pair, values.map(lambda v: (v, None)), values.map(lambda v: (None, v))
    )


@st.composite
def restrictions(draw: st.DrawFn) -> Restrictions:
    kwh = draw(ranges(st.integers(1, 600).map(lambda minutes: KWH_PER_MINUTE * minutes)))
    power = draw(ranges(st.sampled_from([Decimal(0), POWER, POWER + 1])))
    duration = draw(ranges(st.integers(0, 900).map(lambda minutes: minutes * 60)))
    day = draw(st.sampled_from(EVENINGS)).date()
    dates = draw(ranges(st.integers(-1, 2).map(lambda days: day + timedelta(days=days))))
    return Restrictions(
        start_time=draw(clock_times),
        end_time=draw(clock_times),
        start_date=dates[0],
        end_date=dates[1],
        min_kwh=kwh[0],
        max_kwh=kwh[1],
        min_power=power[0],
        max_power=power[1],
        min_duration=duration[0],
        max_duration=duration[1],
        day_of_week=tuple(draw(st.sets(st.sampled_from(DayOfWeek), max_size=5))),
    )


elements = st.builds(
    Element,
    st.lists(components, min_size=1, max_size=3, unique_by=lambda part: part.type).map(tuple),
    st.none() | restrictions(),
)
tariffs = st.builds(
    Tariff,
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
    elements=st.lists(elements, min_size=1, max_size=5).map(tuple),
    tax_included=st.sampled_from(TaxIncluded),
    idle_grace_minutes=st.sampled_from([0, 10, 45]),
    idle_cap=st.none() | st.integers(0, 30).map(Decimal),
)


@st.composite
def sessions(draw: st.DrawFn) -> list[ChargingPeriod]:
    """Charging and parking in turn, in whole minutes and always the same power."""
    begin = draw(st.sampled_from(EVENINGS)) + draw(st.integers(0, 600)) * MINUTE
    periods = []
    for charging, minutes in draw(
        st.lists(st.tuples(st.booleans(), st.integers(1, 400)), min_size=1, max_size=4)
    ):
        energy = KWH_PER_MINUTE * minutes if charging else Decimal(0)
        periods.append(ChargingPeriod(begin, begin + minutes * MINUTE, energy, charging))
        begin += minutes * MINUTE
    return periods


energies = st.lists(st.decimals(0, 80, places=3), min_size=2, max_size=2).map(sorted)


def eight_hours(kwh: Decimal) -> list[ChargingPeriod]:
    return [ChargingPeriod(EVENINGS[0], EVENINGS[0] + timedelta(hours=8), kwh)]


def used(tariff: Tariff, session: list[ChargingPeriod], zone: ZoneInfo) -> dict[int, Fraction]:
    """Exact quantities by the position of the price component in the tariff."""
    compiled = compile_tariff(tariff)
    usage = meter(
        compiled.session, compiled, session, zone=zone, grace_seconds=tariff.idle_grace_minutes * 60
    )
    return {rule.position: quantity for rule, quantity in usage.quantities.items()}


def matches(found: Restrictions | None, wall: datetime, kwh: Decimal, seconds: int, power: Decimal) -> bool:
    """OCPI's definitions, read literally."""
    if found is None:
        return True
    minute = wall.hour * 60 + wall.minute
    begin, end = found.start_time or 0, found.end_time or 1440
    in_time = begin <= minute < end if begin < end else minute >= begin or minute < end
    return (
        in_time
        and (found.start_date is None or wall.date() >= found.start_date)
        and (found.end_date is None or wall.date() < found.end_date)
        and (not found.day_of_week or list(DayOfWeek)[wall.weekday()] in found.day_of_week)
        and (found.min_kwh is None or kwh >= found.min_kwh)
        and (found.max_kwh is None or kwh < found.max_kwh)
        and (found.min_power is None or power >= found.min_power)
        and (found.max_power is None or power < found.max_power)
        and (found.min_duration is None or seconds >= found.min_duration)
        and (found.max_duration is None or seconds < found.max_duration)
    )


def used_by_stepping(tariff: Tariff, session: list[ChargingPeriod], zone: ZoneInfo) -> dict[int, Fraction]:
    quantities: Counter[int] = Counter()
    flat_due, kwh, seconds, parked = True, Decimal(0), 0, 0
    parts = [(element.restrictions, part) for element in tariff.elements for part in element.price_components]
    for period in session:
        power = POWER if period.charging else Decimal(0)
        for minute in range((period.end - period.start) // MINUTE):
            wall = (period.start + minute * MINUTE).astimezone(zone)
            wanted = {TariffDimensionType.FLAT: Fraction(1)} if flat_due else {}
            if period.charging:
                wanted[TariffDimensionType.ENERGY] = Fraction(KWH_PER_MINUTE)
                wanted[TariffDimensionType.TIME] = Fraction(1, 60)
            elif parked >= tariff.idle_grace_minutes:
                wanted[TariffDimensionType.PARKING_TIME] = Fraction(1, 60)
            for position, (restrictions, part) in enumerate(parts):
                if part.type in wanted and matches(restrictions, wall, kwh, seconds, power):
                    quantities[position] += wanted.pop(part.type)  # type: ignore[assignment]
                    flat_due = flat_due and part.type is not TariffDimensionType.FLAT
            kwh += KWH_PER_MINUTE if period.charging else 0
            parked += not period.charging
            seconds += 60
    return dict(quantities)  # type: ignore[arg-type]


@given(tariffs, sessions(), st.sampled_from(ZONES))
@settings(max_examples=80, deadline=None)
def test_usage_is_what_stepping_through_the_minutes_finds(
    tariff: Tariff, session: list[ChargingPeriod], zone: ZoneInfo
) -> None:
    assert used(tariff, session, zone) == used_by_stepping(tariff, session, zone)


@given(tariffs, sessions(), st.sampled_from(ZONES), st.data())
@FEW
def test_splitting_a_period_anywhere_changes_nothing(
    tariff: Tariff, session: list[ChargingPeriod], zone: ZoneInfo, data: st.DataObject
) -> None:
    chosen = data.draw(st.sampled_from(session))
    # twelve seconds take 0.025 kWh, so that decimals can say both halves exactly
    twelfths = (chosen.end - chosen.start) // timedelta(seconds=12)
    gone = data.draw(st.integers(1, twelfths - 1))
    at, energy = chosen.start + timedelta(seconds=12 * gone), chosen.energy_kwh * gone / twelfths
    halves = [
        ChargingPeriod(chosen.start, at, energy, chosen.charging),
        ChargingPeriod(at, chosen.end, chosen.energy_kwh - energy, chosen.charging),
    ]
    split = [half for period in session for half in (halves if period is chosen else [period])]
    assert used(tariff, split, zone) == used(tariff, session, zone)
    assert price(tariff, split, zone=zone) == price(tariff, session, zone=zone)


@given(tariffs, sessions(), st.sampled_from(ZONES))
@FEW
def test_the_total_is_the_sum_of_the_lines(
    tariff: Tariff, session: list[ChargingPeriod], zone: ZoneInfo
) -> None:
    bill = price(tariff, session, zone=zone)
    assert sum(line.amount.amount for line in bill.lines) == bill.total.amount
    assert bill.total_before_taxes + bill.taxes == bill.total
    assert bill.taxes.amount >= 0
    assert bill.total.amount >= 0


@given(tariffs, sessions(), st.randoms())
@FEW
def test_the_order_in_which_periods_are_given_does_not_matter(
    tariff: Tariff, session: list[ChargingPeriod], random: Random
) -> None:
    shuffled = list(session)
    random.shuffle(shuffled)
    assert price(tariff, shuffled, zone=BERLIN) == price(tariff, session, zone=BERLIN)


@given(tariffs, sessions(), st.sampled_from(ZONES))
@FEW
def test_an_element_of_many_prices_is_the_same_as_one_element_for_each(
    tariff: Tariff, session: list[ChargingPeriod], zone: ZoneInfo
) -> None:
    apart = tuple(
        Element((part,), element.restrictions)
        for element in tariff.elements
        for part in element.price_components
    )
    split = Tariff(tariff.currency, apart, tariff.tax_included, idle_cap=tariff.idle_cap)
    whole = Tariff(tariff.currency, tariff.elements, tariff.tax_included, idle_cap=tariff.idle_cap)
    assert price(split, session, zone=zone) == price(whole, session, zone=zone)


@given(st.lists(st.tuples(amounts, st.integers(0, 60)), min_size=1, max_size=4), energies)
@FEW
def test_more_energy_never_costs_less_whatever_the_thresholds(
    prices: list[tuple[Decimal, int]], kwh: list[Decimal]
) -> None:
    parts = [
        Element(
            (PriceComponent(TariffDimensionType.ENERGY, rate, 1),), Restrictions(min_kwh=Decimal(threshold))
        )
        for rate, threshold in prices
    ]
    tariff = Tariff("EUR", tuple(parts), TaxIncluded.NO)
    rates = [Fraction(rate) for rate, _ in prices]
    less, more = (
        sum(
            rates[position] * quantity
            for position, quantity in used(tariff, eight_hours(energy), BERLIN).items()
        )
        for energy in kwh
    )
    assert less <= more


@given(amounts, amounts, st.sampled_from([1, 100, 1000]), energies)
@FEW
def test_more_energy_never_costs_less_with_steps_fees_and_taxes(
    fee: Decimal, rate: Decimal, step: int, kwh: list[Decimal]
) -> None:
    parts = (
        PriceComponent(TariffDimensionType.FLAT, fee, 1, Decimal(7)),
        PriceComponent(TariffDimensionType.ENERGY, rate, step, Decimal(19)),
    )
    tariff = Tariff("EUR", (Element(parts),), TaxIncluded.NO)
    less, more = (price(tariff, eight_hours(energy), zone=BERLIN).total for energy in kwh)
    assert less <= more


@given(tariffs, sessions(), st.integers(0, 20), st.integers(0, 20), st.integers(0, 5), st.sampled_from(ZONES))
@FEW
def test_both_limits_hold_at_once(
    tariff: Tariff, session: list[ChargingPeriod], least: int, span: int, taxes: int, zone: ZoneInfo
) -> None:
    most = least + span
    limited = Tariff(
        tariff.currency,
        tariff.elements,
        tariff.tax_included,
        min_price=PriceLimit(Decimal(least), Decimal(least)),
        max_price=PriceLimit(Decimal(most), Decimal(most + taxes)),
    )
    bill = price(limited, session, zone=zone)
    assert least <= bill.total_before_taxes.amount <= most
    assert least <= bill.total.amount <= most + taxes
    assert sum(line.amount.amount for line in bill.lines) == bill.total.amount


@given(tariffs, sessions(), st.sampled_from(ZONES))
@FEW
def test_parking_never_costs_more_than_its_cap(
    tariff: Tariff, session: list[ChargingPeriod], zone: ZoneInfo
) -> None:
    idle = [
        line
        for line in price(tariff, session, zone=zone).lines
        if line.dimension in ("PARKING_TIME", "IDLE_CAP")
    ]
    paid = sum(line.amount.amount for line in idle)
    assert paid >= 0
    assert tariff.idle_cap is None or paid <= tariff.idle_cap


@given(tariffs, st.sampled_from(EVENINGS), st.sampled_from(ZONES), st.integers(1, 36))
@FEW
def test_many_quotes_are_the_single_quotes(
    tariff: Tariff, evening: datetime, zone: ZoneInfo, quarters: int
) -> None:
    starts = [evening + 15 * MINUTE * i for i in range(60)]
    duration = 15 * MINUTE * quarters
    many = quote_many(
        tariff, starts=starts, duration=duration, power_kw=POWER, energy_kwh=Decimal(12), zone=zone
    )
    single = [
        quote(tariff, start=start, end=start + duration, power_kw=POWER, energy_kwh=Decimal(12), zone=zone)
        for start in starts
    ]
    assert many == single
