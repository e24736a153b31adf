"""The totals that OCPI 2.3.0 states for its examples (mod_tariffs and mod_cdrs, step_size), as facts.

Tariffs are written from the examples' descriptions. Totals are (before taxes, after taxes); where the
specification leaves amounts unrounded (13.861) ours are rounded to the cent.
"""

from datetime import UTC, datetime, timedelta

import pytest

from stations.pricing import Tariff, price, price_expired_reservation
from stations.tests.pricing.examples import (
    BERLIN,
    MONDAY_0930,
    SATURDAY_1330,
    WEEKDAYS,
    charge,
    component,
    element,
    lines,
    park,
    tariff,
    totals,
)

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
START_AND_ENERGY = element(component("FLAT", "0.5", vat="20"), component("ENERGY", "0.25", vat="10"))


def berlin(hour: int, minute: int) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=BERLIN)


def after(start: datetime, minutes: float) -> datetime:
    return start + timedelta(minutes=minutes)


@pytest.mark.parametrize(("kwh", "expected"), [("20", ("5.00", "5.50")), ("0", ("0.00", "0.00"))])
def test_a_price_per_kwh(kwh: str, expected: tuple[str, str]) -> None:
    simple = tariff(element(component("ENERGY", "0.25", vat="10")))
    assert totals(price(simple, [charge(NOON, 60, kwh)], zone=BERLIN)) == expected


def test_a_start_fee_and_a_price_per_kwh() -> None:
    assert totals(price(tariff(START_AND_ENERGY), [charge(NOON, 60, "20")], zone=BERLIN)) == ("5.50", "6.10")


@pytest.mark.parametrize(
    ("kwh", "expected"), [("20", ("5.00", "5.50")), ("1.9", ("0.50", "0.55")), ("0", ("0.50", "0.55"))]
)
def test_a_minimum_price(kwh: str, expected: tuple[str, str]) -> None:
    least = tariff(
        element(component("ENERGY", "0.25", vat="10")),
        min_price={"before_taxes": "0.5", "after_taxes": "0.55"},
    )
    assert totals(price(least, [charge(NOON, 60, kwh)], zone=BERLIN)) == expected


def test_parking_is_billed_in_quarters_of_an_hour() -> None:
    with_parking = tariff(
        element(
            component("FLAT", "0.5", vat="20"),
            component("ENERGY", "0.25", vat="10"),
            component("PARKING_TIME", "2", 900, vat="20"),
        )
    )
    session = [charge(NOON, 60, "20"), park(after(NOON, 60), 40)]
    quote = price(with_parking, session, zone=BERLIN)
    assert totals(quote) == ("7.00", "7.90")
    assert lines(quote) == [
        ("FLAT", "1", "0.50"),
        ("ENERGY", "20", "5.00"),
        ("PARKING_TIME", "0.75", "1.50"),
        ("TAX", "1", "0.90"),
    ]


@pytest.mark.parametrize(("kwh", "expected"), [("50", ("10.00", "11.00")), ("30", ("8.00", "8.85"))])
def test_a_maximum_price(kwh: str, expected: tuple[str, str]) -> None:
    most = tariff(START_AND_ENERGY, max_price={"before_taxes": 10.0, "after_taxes": 11.0})
    assert totals(price(most, [charge(NOON, 60, kwh)], zone=BERLIN)) == expected


@pytest.mark.parametrize(
    ("rate", "step", "vat", "expected"),
    [
        ("2", 60, "10", ("5.00", "5.50")),
        ("1.9", 300, "5.2", ("4.75", "5.00")),
    ],
)
def test_a_price_per_hour_of_charging(rate: str, step: int, vat: str, expected: tuple[str, str]) -> None:
    per_hour = tariff(element(component("TIME", rate, step, vat)))
    assert totals(price(per_hour, [charge(NOON, 150, "10")], zone=BERLIN)) == expected


def test_time_not_charging_is_free_where_only_charging_time_has_a_price() -> None:
    per_hour = tariff(element(component("TIME", "2", 60, "10")))
    session = [charge(NOON, 150, "10"), park(after(NOON, 150), 90)]
    assert totals(price(per_hour, session, zone=BERLIN)) == ("5.00", "5.50")


@pytest.mark.parametrize(("tax", "rate", "total"), [("NO", "2", "5.00"), ("YES", "2.1", "5.25")])
def test_taxes_that_the_operator_does_not_know(tax: str, rate: str, total: str) -> None:
    canadian = tariff(element(component("TIME", rate)), currency="CAD", tax=tax)
    quote = price(canadian, [charge(NOON, 150, "10")], zone=BERLIN)
    assert totals(quote) == (total, total)
    assert str(quote.tax_included) == tax


def test_charging_and_parking_have_their_own_prices() -> None:
    both = tariff(element(component("TIME", "3", 60, "10"), component("PARKING_TIME", "5", 300, "20")))
    session = [charge(NOON, 150, "20"), park(after(NOON, 150), 42)]
    assert totals(price(both, session, zone=BERLIN)) == ("11.25", "12.75")


@pytest.mark.parametrize(
    ("rate", "expected", "energy"), [("0.25", ("5.63", "6.24"), "5.13"), ("0.22", ("5.01", "5.56"), "4.51")]
)
def test_energy_is_billed_in_steps(rate: str, expected: tuple[str, str], energy: str) -> None:
    stepped = tariff(element(component("FLAT", "0.5", vat="20"), component("ENERGY", rate, 100, "10")))
    quote = price(stepped, [charge(NOON, 60, "20.45")], zone=BERLIN)
    assert totals(quote) == expected
    assert lines(quote)[1] == ("ENERGY", "20.5", energy)


@pytest.mark.parametrize(("step", "cost"), [(1, "0.029"), (25, "0.031"), (500, "0.125")])
def test_the_size_of_an_energy_step_shows_at_little_energy(step: int, cost: str) -> None:
    stepped = tariff(element(component("ENERGY", "0.25", step)), currency="KWD")
    assert totals(price(stepped, [charge(NOON, 60, "0.1152")], zone=BERLIN)) == (cost, cost)


def complex_tariff(weekend_rate: str) -> Tariff:
    return tariff(
        element(component("FLAT", "2.5", vat="15")),
        element(component("TIME", "1", 900, "20"), max_current=32),
        element(component("TIME", "2", 600, "20"), min_current=32, day_of_week=WEEKDAYS),
        element(
            component("TIME", weekend_rate, 600, "20"), min_current=32, day_of_week=["SATURDAY", "SUNDAY"]
        ),
        element(
            component("PARKING_TIME", "5", 300, "10"),
            start_time="09:00",
            end_time="18:00",
            day_of_week=WEEKDAYS,
        ),
        element(
            component("PARKING_TIME", "6", 300, "10"),
            start_time="10:00",
            end_time="17:00",
            day_of_week=["SATURDAY"],
        ),
    )


def test_the_complex_tariff_on_a_monday_morning() -> None:
    session = [charge(MONDAY_0930, 165, "9", amps=16), park(after(MONDAY_0930, 165), 42)]
    quote = price(complex_tariff("1.25"), session, zone=BERLIN)
    assert totals(quote) == ("9.00", "10.30")
    assert lines(quote) == [
        ("FLAT", "1", "2.50"),
        ("TIME", "2.75", "2.75"),
        ("PARKING_TIME", "0.75", "3.75"),
        ("TAX", "1", "1.30"),
    ]


@pytest.mark.parametrize(
    ("weekend_rate", "time", "expected"),
    [
        # the specification states 2.28 and 12.28, 13.861 for a rate of 1.25, but computed them with 1.20
        ("1.20", "2.28", ("12.28", "13.86")),
        ("1.25", "2.38", ("12.38", "13.98")),
    ],
)
def test_the_complex_tariff_on_a_saturday_afternoon(
    weekend_rate: str, time: str, expected: tuple[str, str]
) -> None:
    session = [charge(SATURDAY_1330, 114, "60", amps=43), park(after(SATURDAY_1330, 114), 71)]
    quote = price(complex_tariff(weekend_rate), session, zone=BERLIN)
    assert lines(quote)[1:3] == [("TIME", "1.9", time), ("PARKING_TIME", "1.25", "7.50")]
    assert totals(quote) == expected


def test_free_of_charge() -> None:
    free = tariff(element(component("FLAT", "0.00", 0)))
    assert totals(price(free, [charge(NOON, 60, "20")], zone=BERLIN)) == ("0.00", "0.00")


def reserving(*reservation: dict[str, object], **more: dict[str, object]) -> Tariff:
    expires = [element(part, reservation="RESERVATION_EXPIRES") for part in more.values()]
    return tariff(*expires, element(*reservation, reservation="RESERVATION"), START_AND_ENERGY)


HOURLY_5 = reserving(component("TIME", "5", 60, "20"))
FEE_AND_HOURLY_5 = reserving(component("FLAT", "2", vat="20"), component("TIME", "5", 300, "20"))
EXPIRY_FEE = reserving(component("TIME", "2", 600, "20"), expires=component("FLAT", "4", vat="20"))
EXPIRY_TIME = reserving(component("TIME", "3", 600, "20"), expires=component("TIME", "6", 600, "20"))


@pytest.mark.parametrize(
    ("reserved", "minutes", "expected", "reservation_lines"),
    [
        (HOURLY_5, 15, ("6.75", "7.60"), [("RESERVATION", "0.25", "1.25")]),
        (
            FEE_AND_HOURLY_5,
            13,
            ("8.75", "10.00"),
            [("RESERVATION", "1", "2.00"), ("RESERVATION", "0.25", "1.25")],
        ),
        (EXPIRY_FEE, 22, ("6.50", "7.30"), [("RESERVATION", "0.5", "1.00")]),
        (EXPIRY_TIME, 22, ("7.00", "7.90"), [("RESERVATION", "0.5", "1.50")]),
    ],
)
def test_a_session_after_a_reservation(
    reserved: Tariff,
    minutes: int,
    expected: tuple[str, str],
    reservation_lines: list[tuple[str, str, str]],
) -> None:
    session = [charge(NOON, 60, "20")]
    quote = price(reserved, session, zone=BERLIN, reserved=(after(NOON, -minutes), NOON))
    assert totals(quote) == expected
    assert lines(quote)[: len(reservation_lines)] == reservation_lines


@pytest.mark.parametrize(
    ("reserved", "minutes", "expected"),
    [(EXPIRY_FEE, 60, ("6.00", "7.20")), (EXPIRY_TIME, 90, ("9.00", "10.80"))],
)
def test_a_reservation_that_expires(reserved: Tariff, minutes: int, expected: tuple[str, str]) -> None:
    no_show = price_expired_reservation(reserved, reserved=(NOON, after(NOON, minutes)), zone=BERLIN)
    assert totals(no_show) == expected


def step_tariff() -> Tariff:
    parking = component("PARKING_TIME", "1", 900)
    return tariff(
        element(component("TIME", "1.2", 1800), parking, start_time="00:00", end_time="17:00"),
        element(component("TIME", "2.4", 900), parking, start_time="17:00", end_time="20:00"),
        element(component("TIME", "2.4", 900), start_time="20:00", end_time="00:00"),
    )


def test_only_the_last_time_is_rounded_when_parking_follows() -> None:
    start = berlin(16, 55)
    quote = price(step_tariff(), [charge(start, 10, "1"), park(after(start, 10), 2)], zone=BERLIN)
    assert [amount for _, _, amount in lines(quote)] == ["0.10", "0.20", "0.25"]
    assert totals(quote)[0] == "0.55"


def test_rounding_counts_what_the_earlier_element_has_billed() -> None:
    quote = price(step_tariff(), [charge(berlin(16, 35), 35, "1")], zone=BERLIN)
    assert lines(quote) == [("TIME", "0.416667", "0.50"), ("TIME", "0.333333", "0.80")]
    assert totals(quote)[0] == "1.30"


def test_parking_that_becomes_free_is_rounded_where_it_had_a_price() -> None:
    start = berlin(19, 40)
    quote = price(step_tariff(), [charge(start, 12, "1"), park(after(start, 12), 20)], zone=BERLIN)
    assert lines(quote) == [("TIME", "0.2", "0.48"), ("PARKING_TIME", "0.25", "0.25")]
    assert totals(quote)[0] == "0.73"


def test_the_price_follows_the_power() -> None:
    by_power = tariff(
        element(component("ENERGY", "0.2", vat="20"), max_power=16),
        element(component("ENERGY", "0.35", vat="20"), max_power=32),
        element(component("ENERGY", "0.5", vat="20")),
    )
    session = [charge(NOON, 10, "1"), charge(after(NOON, 10), 50, "40"), charge(after(NOON, 60), 7.5, "0.5")]
    assert totals(price(by_power, session, zone=BERLIN))[0] == "20.30"


def test_the_price_follows_the_duration() -> None:
    by_duration = tariff(
        element(component("ENERGY", "0", vat="20"), max_duration=1800),
        element(component("ENERGY", "0.25", vat="20"), max_duration=3600),
        element(component("ENERGY", "0.4", vat="20")),
    )
    session = [charge(NOON, 30, "5"), charge(after(NOON, 30), 10, "1.2")]
    quote = price(by_duration, session, zone=BERLIN)
    assert lines(quote)[:2] == [("ENERGY", "5", "0.00"), ("ENERGY", "1.2", "0.30")]
    assert totals(quote)[0] == "0.30"


def test_charging_is_not_rounded_when_parking_follows() -> None:
    both = tariff(element(component("TIME", "1", 600), component("PARKING_TIME", "2", 600)))
    quote = price(both, [charge(NOON, 21, "1"), park(after(NOON, 21), 16)], zone=BERLIN)
    assert lines(quote) == [("TIME", "0.35", "0.35"), ("PARKING_TIME", "0.333333", "0.67")]


def test_energy_steps_count_the_whole_session() -> None:
    energy = tariff(
        element(component("ENERGY", "0.20", 500), end_time="17:00"), element(component("ENERGY", "0.27", 500))
    )
    session = [charge(berlin(16, 0), 60, "4.3"), charge(berlin(17, 0), 30, "1.1")]
    assert lines(price(energy, session, zone=BERLIN)) == [
        ("ENERGY", "4.3", "0.86"),
        ("ENERGY", "1.2", "0.32"),
    ]


def test_time_steps_count_the_whole_session() -> None:
    time = tariff(
        element(component("TIME", "5", 600), end_time="17:00"), element(component("TIME", "7", 600))
    )
    quote = price(time, [charge(berlin(16, 54), 28, "4")], zone=BERLIN)
    assert lines(quote) == [("TIME", "0.1", "0.50"), ("TIME", "0.4", "2.80")]
