from decimal import Decimal

import pytest

from evbooking.core.money import (
    CurrencyMismatch,
    InvalidMoney,
    Money,
    UnknownCurrency,
    minor_unit,
)


def euro(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("1.005", "EUR", "1.01"),
        ("1.00499999", "EUR", "1.00"),
        ("-1.005", "EUR", "-1.01"),
        ("-0.001", "EUR", "0.00"),
        ("120.5", "JPY", "121"),
        ("0.0285", "KWD", "0.029"),
        ("7", "EUR", "7.00"),
    ],
)
def test_an_amount_is_rounded_half_up_to_the_minor_unit(amount: str, currency: str, rounded: str) -> None:
    assert Money(Decimal(amount), currency).as_json() == {"amount": rounded, "currency": currency}


@pytest.mark.parametrize(
    ("currency", "unit"), [("EUR", "0.01"), ("JPY", "1"), ("KWD", "0.001"), ("CLF", "0.0001")]
)
def test_minor_units_follow_iso_4217(currency: str, unit: str) -> None:
    assert minor_unit(currency) == Decimal(unit)


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "XXX", "BTC"])
def test_a_code_outside_iso_4217_is_refused(currency: str) -> None:
    with pytest.raises(UnknownCurrency):
        Money(Decimal(1), currency)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity"])
def test_what_is_not_a_finite_number_is_refused(amount: str) -> None:
    with pytest.raises(InvalidMoney):
        Money(Decimal(amount), "EUR")


def test_amounts_of_one_currency_add_subtract_and_compare() -> None:
    assert euro("1.10") + euro("2.25") == euro("3.35")
    assert euro("1.10") - euro("2.25") == euro("-1.15")
    assert -euro("1.10") == euro("-1.10")
    assert euro("1.10") < euro("1.11")
    assert max(euro("3"), euro("2")) == euro("3")
    assert Money.total([euro("0.10"), euro("0.20")], "EUR") == euro("0.30")
    assert not Money.total([], "JPY")


def test_a_share_of_an_amount_is_rounded_once() -> None:
    assert euro("10.01") * Decimal("0.5") == euro("5.01")


def test_two_currencies_never_mix() -> None:
    yen = Money(Decimal(1), "JPY")
    with pytest.raises(CurrencyMismatch):
        euro("1") + yen
    with pytest.raises(CurrencyMismatch):
        euro("1") - yen
    with pytest.raises(CurrencyMismatch):
        assert euro("1") < yen
    with pytest.raises(CurrencyMismatch):
        Money.total([euro("1"), yen], "EUR")
    assert euro("1") != Money(Decimal(1), "USD")


def test_json_reads_back_as_the_same_money() -> None:
    assert Money.from_json(euro("12.34").as_json()) == euro("12.34")
    assert str(euro("12.34")) == "12.34 EUR"


@pytest.mark.parametrize(
    "value",
    [
        None,
        "12.34",
        {"amount": "1"},
        {"amount": 1, "currency": "EUR"},
        {"amount": "one", "currency": "EUR"},
        {"amount": "NaN", "currency": "EUR"},
        {"amount": "1", "currency": "EUR", "vat": "20"},
    ],
)
def test_json_that_is_not_money_is_refused(value: object) -> None:
    with pytest.raises(InvalidMoney):
        Money.from_json(value)
