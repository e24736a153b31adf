"""Quotes of booked slots, idle rules, taxes and days on which the clocks change."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from stations.pricing import (
    ChargingPeriod,
    InvalidProfile,
    Tariff,
    constant_power,
    price,
    price_expired_reservation,
    quote,
    quote_many,
)
from stations.tests.pricing.examples import (
    BERLIN,
    WEEKDAYS,
    charge,
    component,
    element,
    lines,
    park,
    tariff,
    totals,
)

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
ELEVEN_KW = Decimal(11)
HOUR = timedelta(hours=1)
PARKING = element(component("TIME", "1"), component("PARKING_TIME", "6", vat="19"))


def slot(tariff: Tariff, hours: int, kwh: str | None = None) -> list[tuple[str, str, str]]:
    energy = None if kwh is None else Decimal(kwh)
    return lines(
        quote(tariff, start=NOON, end=NOON + hours * HOUR, power_kw=ELEVEN_KW, energy_kwh=energy, zone=BERLIN)
    )


def test_a_slot_is_charged_at_constant_power_and_parked_for_the_rest() -> None:
    everything = tariff(
        element(component("FLAT", "1"), reservation="RESERVATION"),
        element(
            component("FLAT", "0.5"),
            component("ENERGY", "0.4"),
            component("TIME", "1"),
            component("PARKING_TIME", "6"),
        ),
    )
    assert slot(everything, 3, "22") == [
        ("RESERVATION", "1", "1.00"),
        ("FLAT", "1", "0.50"),
        ("ENERGY", "22", "8.80"),
        ("TIME", "2", "2.00"),
        ("PARKING_TIME", "1", "6.00"),
    ]


def test_without_an_energy_the_car_charges_all_the_time() -> None:
    assert slot(PARKING_AND_ENERGY, 3) == [("ENERGY", "33", "13.20"), ("TIME", "3", "3.00")]


PARKING_AND_ENERGY = tariff(PARKING, element(component("ENERGY", "0.4")))


def test_more_energy_than_fits_is_cut_to_what_fits() -> None:
    assert slot(PARKING_AND_ENERGY, 1, "500") == [("ENERGY", "11", "4.40"), ("TIME", "1", "1.00")]


def test_an_energy_rounded_to_the_watt_hour_leaves_no_second_of_parking() -> None:
    twenty_minutes = NOON + timedelta(minutes=20)
    for kwh in ("3.666", "3.667"):  # 11 kW x 20 min = 3.6666...
        plan = constant_power(NOON, twenty_minutes, power_kw=ELEVEN_KW, energy_kwh=Decimal(kwh))
        assert [(period.start, period.end, period.charging) for period in plan] == [
            (NOON, twenty_minutes, True)
        ]
        assert plan[0].energy_kwh == Decimal(kwh)


def test_no_energy_is_parking_only() -> None:
    assert slot(PARKING_AND_ENERGY, 1, "0") == [("PARKING_TIME", "1", "6.00"), ("TAX", "1", "1.14")]


def test_the_current_of_a_plan_comes_from_its_voltage() -> None:
    plan = constant_power(NOON, NOON + HOUR, power_kw=Decimal("7.36"), voltage=230)
    assert plan[0].current_a == 32


def test_a_reservation_costs_its_time_only_where_it_is_to_be_paid() -> None:
    hourly = tariff(element(component("TIME", "3", 60), reservation="RESERVATION"), PARKING)
    assert slot(hourly, 1) == [("TIME", "1", "1.00")]
    early = quote(
        hourly,
        start=NOON,
        end=NOON + HOUR,
        power_kw=ELEVEN_KW,
        zone=BERLIN,
        reserved_from=NOON - timedelta(minutes=10),
    )
    assert lines(early) == [("RESERVATION", "0.166667", "0.50"), ("TIME", "1", "1.00")]


def test_a_session_without_a_reservation_pays_none() -> None:
    fee = tariff(element(component("FLAT", "2"), reservation="RESERVATION"), PARKING)
    assert lines(price(fee, [charge(NOON, 60)], zone=BERLIN)) == [("TIME", "1", "1.00")]


def test_a_no_show_pays_no_minimum_and_nothing_without_reservation_prices() -> None:
    least = tariff(PARKING, min_price={"before_taxes": 5})
    no_show = price_expired_reservation(least, reserved=(NOON, NOON + HOUR), zone=BERLIN)
    assert lines(no_show) == []
    assert totals(no_show) == ("0.00", "0.00")


def test_an_expiry_fee_replaces_the_reservation_fee() -> None:
    fees = tariff(
        element(component("FLAT", "2"), reservation="RESERVATION"),
        element(component("FLAT", "7"), reservation="RESERVATION_EXPIRES"),
        PARKING,
    )
    no_show = price_expired_reservation(fees, reserved=(NOON, NOON + HOUR), zone=BERLIN)
    assert lines(no_show) == [("RESERVATION_EXPIRES", "1", "7.00")]


def test_the_idle_grace_is_free_once_per_session() -> None:
    graceful = tariff(PARKING, idle_grace_minutes=15)
    session = [
        charge(NOON, 60),
        park(NOON + HOUR, 10),
        charge(NOON + HOUR + timedelta(minutes=10), 20),
        park(NOON + HOUR + timedelta(minutes=30), 35),
    ]
    assert lines(price(graceful, session, zone=BERLIN))[1] == ("PARKING_TIME", "0.5", "3.00")


def test_a_stay_within_the_grace_is_no_parking_at_all() -> None:
    graceful = tariff(
        element(component("TIME", "1", 600), component("PARKING_TIME", "6", 900)), idle_grace_minutes=15
    )
    session = [charge(NOON, 55), park(NOON + timedelta(minutes=55), 15)]
    assert lines(price(graceful, session, zone=BERLIN)) == [("TIME", "1", "1.00")]


def test_the_idle_cap_is_a_line_of_its_own_with_its_tax() -> None:
    capped = tariff(PARKING, idle_cap=10)
    session = [charge(NOON, 60), park(NOON + HOUR, 240)]
    bill = price(capped, session, zone=BERLIN)
    assert lines(bill) == [
        ("TIME", "1", "1.00"),
        ("PARKING_TIME", "4", "24.00"),
        ("IDLE_CAP", "1", "-14.00"),
        ("TAX", "1", "1.90"),
    ]
    assert totals(bill) == ("11.00", "12.90")


def test_a_cap_that_eats_several_prices_takes_the_last_first() -> None:
    capped = tariff(
        element(component("PARKING_TIME", "6", vat="19"), end_time="14:00"),
        element(component("PARKING_TIME", "12", vat="7")),
        idle_cap=4,
    )
    bill = price(capped, [park(NOON + HOUR, 120)], zone=BERLIN)
    assert [(str(line.dimension), str(line.amount.amount), str(line.vat)) for line in bill.lines] == [
        ("PARKING_TIME", "6.00", "19"),
        ("PARKING_TIME", "12.00", "7"),
        ("IDLE_CAP", "-12.00", "7"),
        ("IDLE_CAP", "-2.00", "19"),
        ("TAX", "0.76", "None"),
    ]


def test_taxes_that_are_included_are_told_and_not_added() -> None:
    inclusive = tariff(element(component("ENERGY", "0.595", vat="19")), tax="YES")
    bill = price(inclusive, [charge(NOON, 60, "20")], zone=BERLIN)
    assert lines(bill) == [("ENERGY", "20", "11.90")]
    assert totals(bill) == ("10.00", "11.90")
    assert str(bill.taxes) == "1.90 EUR"


def test_where_taxes_do_not_apply_both_limits_bound_the_same_total() -> None:
    untaxed = tariff(
        element(component("ENERGY", "0.5")), tax="N/A", min_price={"before_taxes": 1, "after_taxes": "1.2"}
    )
    assert totals(price(untaxed, [charge(NOON, 60, "1")], zone=BERLIN)) == ("1.20", "1.20")


@pytest.mark.parametrize(
    ("tax", "expected_lines", "expected"),
    [
        ("NO", [("ENERGY", "1", "0.50"), ("MIN_PRICE", "1", "1.50"), ("TAX", "1", "0.20")], ("2.00", "2.20")),
        ("YES", [("ENERGY", "1", "0.50"), ("MIN_PRICE", "1", "1.72")], ("2.00", "2.22")),
    ],
)
def test_a_minimum_before_taxes_alone_is_taxed_like_the_session(
    tax: str, expected_lines: list[tuple[str, str, str]], expected: tuple[str, str]
) -> None:
    least = tariff(element(component("ENERGY", "0.5", vat="10")), tax=tax, min_price={"before_taxes": 2})
    bill = price(least, [charge(NOON, 60, "1")], zone=BERLIN)
    assert lines(bill) == expected_lines
    assert totals(bill) == expected


def test_a_session_that_costs_nothing_takes_the_tax_of_the_first_price() -> None:
    least = tariff(element(component("ENERGY", "0.5", vat="10")), min_price={"before_taxes": 2})
    assert totals(price(least, [charge(NOON, 60)], zone=BERLIN)) == ("2.00", "2.20")


def test_prices_change_at_midnight_and_by_the_weekday_of_the_site() -> None:
    week = tariff(element(component("TIME", "2"), day_of_week=WEEKDAYS), element(component("TIME", "1")))
    sunday_2230 = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)
    assert lines(price(week, [charge(sunday_2230, 180)], zone=BERLIN)) == [
        ("TIME", "1.5", "1.50"),
        ("TIME", "1.5", "3.00"),
    ]
    saturday_in_tokyo = price(
        week, [charge(datetime(2026, 11, 20, 14, tzinfo=UTC), 120)], zone=ZoneInfo("Asia/Tokyo")
    )
    assert lines(saturday_in_tokyo) == [("TIME", "1", "2.00"), ("TIME", "1", "1.00")]


@pytest.mark.parametrize(
    ("zone", "midnight", "night_hours"),
    [
        ("Europe/Berlin", datetime(2027, 3, 27, 23, tzinfo=UTC), "5"),
        ("Europe/Berlin", datetime(2026, 10, 24, 22, tzinfo=UTC), "7"),
        ("America/New_York", datetime(2027, 3, 14, 5, tzinfo=UTC), "5"),
        ("America/New_York", datetime(2026, 11, 1, 4, tzinfo=UTC), "7"),
        ("Australia/Lord_Howe", datetime(2026, 10, 3, 13, 30, tzinfo=UTC), "5.5"),
        ("Australia/Lord_Howe", datetime(2027, 4, 3, 13, tzinfo=UTC), "6.5"),
    ],
)
def test_a_night_price_lasts_as_long_as_the_night_on_the_clock(
    zone: str, midnight: datetime, night_hours: str
) -> None:
    night = tariff(
        element(component("TIME", "1"), start_time="22:00", end_time="06:00"), element(component("TIME", "3"))
    )
    bill = price(night, [charge(midnight, 12 * 60)], zone=ZoneInfo(zone))
    assert [line.quantity for line in bill.lines] == [Decimal(night_hours), 12 - Decimal(night_hours)]


def test_a_price_of_the_skipped_hour_is_never_asked_and_of_the_repeated_hour_twice() -> None:
    second_hour = tariff(
        element(component("TIME", "9"), start_time="02:00", end_time="03:00"), element(component("TIME", "1"))
    )
    spring = price(second_hour, [charge(datetime(2027, 3, 28, 0, tzinfo=UTC), 180)], zone=BERLIN)
    autumn = price(second_hour, [charge(datetime(2026, 10, 24, 23, tzinfo=UTC), 180)], zone=BERLIN)
    assert lines(spring) == [("TIME", "3", "3.00")]
    assert lines(autumn) == [("TIME", "1", "1.00"), ("TIME", "2", "18.00")]


def test_lines_say_when_a_price_holds() -> None:
    many = tariff(
        element(
            component("ENERGY", "0.3"), max_kwh=20, start_time="08:00", end_time="20:00", day_of_week=WEEKDAYS
        ),
        element(component("ENERGY", "0.4"), min_kwh=20, day_of_week=["SUNDAY", "MONDAY"], min_duration=90),
        element(component("TIME", "1"), min_power="3.7", max_current=63, start_date="2026-01-01"),
    )
    bill = price(many, [ChargingPeriod(NOON, NOON + 2 * HOUR, Decimal(30))], zone=BERLIN)
    assert [line.description for line in bill.lines] == [
        "Energy (08:00–20:00, Mon–Fri, until 20 kWh)",
        "Energy (Mon, Sun, from 20 kWh, from 1.5 min)",
    ]


def test_a_quote_is_json_of_the_api() -> None:
    fine = tariff(element(component("ENERGY", "0.0625", vat="19")), element(component("FLAT", "2")))
    assert price(fine, [charge(NOON, 60, "10.5")], zone=BERLIN).as_json() == {
        "lines": [
            {
                "dimension": "FLAT",
                "description": "Start fee",
                "quantity": "1",
                "unit": "1",
                "unit_price": {"amount": "2.00", "currency": "EUR"},
                "amount": {"amount": "2.00", "currency": "EUR"},
                "vat": None,
            },
            {
                "dimension": "ENERGY",
                "description": "Energy",
                "quantity": "10.5",
                "unit": "kWh",
                "unit_price": {"amount": "0.0625", "currency": "EUR"},
                "amount": {"amount": "0.66", "currency": "EUR"},
                "vat": "19",
            },
            {
                "dimension": "TAX",
                "description": "Taxes",
                "quantity": "1",
                "unit": "1",
                "unit_price": {"amount": "0.13", "currency": "EUR"},
                "amount": {"amount": "0.13", "currency": "EUR"},
                "vat": None,
            },
        ],
        "total_before_taxes": {"amount": "2.66", "currency": "EUR"},
        "taxes": {"amount": "0.13", "currency": "EUR"},
        "total": {"amount": "2.79", "currency": "EUR"},
        "tax_included": "NO",
    }


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "33"), ("EUR", "33.33"), ("KWD", "33.333")])
def test_amounts_have_the_decimals_of_their_currency(currency: str, amount: str) -> None:
    local = tariff(element(component("TIME", "100")), currency=currency)
    assert lines(price(local, [charge(NOON, 20)], zone=BERLIN)) == [("TIME", "0.333333", amount)]


def test_quotes_of_many_starts_share_what_is_equal() -> None:
    night = tariff(
        element(component("ENERGY", "0.3"), start_time="22:00", end_time="06:00"),
        element(component("ENERGY", "0.5")),
    )
    starts = [NOON + i * HOUR for i in range(24)]
    quotes = quote_many(night, starts=starts, duration=HOUR, power_kw=ELEVEN_KW, zone=BERLIN)
    assert [str(one.total.amount) for one in quotes] == ["5.50"] * 10 + ["3.30"] * 8 + ["5.50"] * 6
    assert len({id(one) for one in quotes}) == 2


@pytest.mark.parametrize(
    "profile",
    [
        [],
        [charge(NOON, 60), charge(NOON + HOUR / 2, 60)],
        [ChargingPeriod(NOON, NOON - HOUR)],
        [charge(NOON, 60, "-1")],
        [charge(NOON, 60, "NaN")],
        [charge(datetime(2026, 11, 23, 11), 60)],  # noqa: DTZ001 - the naive instant is the point
    ],
)
def test_a_profile_that_cannot_have_happened_is_refused(profile: list[ChargingPeriod]) -> None:
    with pytest.raises(InvalidProfile):
        price(PARKING_AND_ENERGY, profile, zone=BERLIN)


@pytest.mark.parametrize(
    ("power", "kwh"), [("0", "1"), ("-1", "1"), ("NaN", "1"), ("11", "-1"), ("11", "NaN")]
)
def test_a_plan_without_power_or_with_impossible_energy_is_refused(power: str, kwh: str) -> None:
    with pytest.raises(InvalidProfile):
        constant_power(NOON, NOON + HOUR, power_kw=Decimal(power), energy_kwh=Decimal(kwh))


def test_a_session_of_no_length_pays_its_flat_fee() -> None:
    fee = tariff(element(component("FLAT", "0.5"), component("TIME", "1")))
    assert lines(price(fee, [charge(NOON, 0)], zone=BERLIN)) == [("FLAT", "1", "0.50")]


def test_a_flat_fee_is_due_once_when_it_first_holds() -> None:
    overstay = tariff(element(component("FLAT", "10"), min_duration=7200), element(component("TIME", "1")))
    assert lines(price(overstay, [charge(NOON, 119)], zone=BERLIN))[0][0] == "TIME"
    assert lines(price(overstay, [charge(NOON, 300)], zone=BERLIN))[0] == ("FLAT", "1", "10.00")
