"""Reading tariffs: what is written comes back, and every wrong field is named with its path and code."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from stations.pricing import (
    DayOfWeek,
    InvalidTariff,
    PriceLimit,
    ReservationRestrictionType,
    Restrictions,
    Tariff,
    TariffType,
    TaxIncluded,
)
from stations.tests.pricing.examples import component, element

FULL: dict[str, Any] = {
    "country_code": "LU",
    "party_id": "EVB",
    "id": "night-and-day",
    "currency": "EUR",
    "type": "REGULAR",
    "tariff_alt_text": [{"language": "en", "text": "Cheaper at night"}],
    "tariff_alt_url": "https://example.org/tariffs/night-and-day",
    "min_price": {"before_taxes": 0.5},
    "max_price": {"before_taxes": 40.0, "after_taxes": 47.6},
    "elements": [
        {
            "price_components": [
                {"type": "ENERGY", "price": 0.29, "vat": 19.0, "step_size": 1},
                {"type": "PARKING_TIME", "price": 6.0, "step_size": 60},
            ],
            "restrictions": {
                "start_time": "22:00",
                "end_time": "06:00",
                "start_date": "2026-01-01",
                "end_date": "2027-01-01",
                "min_kwh": 0.0,
                "max_kwh": 60.5,
                "min_current": 6.0,
                "max_current": 96.0,
                "min_power": 1.4,
                "max_power": 22.0,
                "min_duration": 0,
                "max_duration": 43200,
                "day_of_week": ["MONDAY", "SUNDAY"],
            },
        },
        {
            "price_components": [{"type": "FLAT", "price": 2.0, "step_size": 1}],
            "restrictions": {"reservation": "RESERVATION"},
        },
    ],
    "tax_included": "NO",
    "start_date_time": "2026-01-01T00:00:00Z",
    "end_date_time": "2027-01-01T00:00:00Z",
    "energy_mix": {
        "is_green_energy": True,
        "energy_sources": [{"source": "WIND", "percentage": 70.0}, {"source": "WATER", "percentage": 30.0}],
        "environ_impact": [{"category": "CARBON_DIOXIDE", "amount": 12.5}],
        "supplier_name": "Stadtwerk",
        "energy_product_name": "Wind und Wasser",
    },
    "last_updated": "2025-12-01T10:00:00Z",
    "idle_grace_minutes": 15,
    "idle_cap": 12.0,
}
SIMPLE: dict[str, Any] = {
    "currency": "EUR",
    "tax_included": "NO",
    "elements": [element(component("ENERGY", "0.25"))],
}


def refusal(document: object) -> list[tuple[str, str]]:
    with pytest.raises(InvalidTariff) as refused:
        Tariff.from_ocpi(document)
    return [(error.field, error.code) for error in refused.value.errors]


def with_component(**changes: Any) -> dict[str, Any]:
    return SIMPLE | {"elements": [element(component("ENERGY", "0.25") | changes)]}


def with_restrictions(**restrictions: Any) -> dict[str, Any]:
    return SIMPLE | {"elements": [element(component("ENERGY", "0.25"), **restrictions)]}


def test_a_tariff_is_read_field_by_field() -> None:
    tariff = Tariff.from_ocpi(FULL)
    assert tariff.type is TariffType.REGULAR
    assert tariff.tax_included is TaxIncluded.NO
    assert tariff.max_price == PriceLimit(Decimal(40), Decimal("47.6"))
    assert tariff.end_date_time == datetime(2027, 1, 1, tzinfo=UTC)
    assert (tariff.idle_grace_minutes, tariff.idle_cap) == (15, Decimal(12))
    assert tariff.elements[0].restrictions == Restrictions(
        start_time=1320,
        end_time=360,
        start_date=date(2026, 1, 1),
        end_date=date(2027, 1, 1),
        min_kwh=Decimal(0),
        max_kwh=Decimal("60.5"),
        min_current=Decimal(6),
        max_current=Decimal(96),
        min_power=Decimal("1.4"),
        max_power=Decimal(22),
        min_duration=0,
        max_duration=43200,
        day_of_week=(DayOfWeek.MONDAY, DayOfWeek.SUNDAY),
    )
    assert tariff.elements[1].restrictions == Restrictions(reservation=ReservationRestrictionType.RESERVATION)


def test_a_tariff_writes_the_document_it_was_read_from() -> None:
    tariff = Tariff.from_ocpi(FULL)
    assert tariff.to_ocpi() == FULL
    again = Tariff.from_ocpi(tariff.to_ocpi())
    assert again == tariff
    assert hash(again) == hash(tariff)


def test_a_price_may_be_a_number_or_a_decimal_string() -> None:
    assert Tariff.from_ocpi(with_component(price=0.25)) == Tariff.from_ocpi(with_component(price="0.25"))


def test_what_is_not_an_object_is_refused() -> None:
    assert refusal([]) == [("", "invalid")]
    assert refusal({}) == [("currency", "required"), ("elements", "required"), ("tax_included", "required")]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"currency": "EURO"}, "currency", "too_long_text"),
        ({"currency": "BTC"}, "currency", "invalid"),
        ({"currency": None}, "currency", "required"),
        ({"tax_included": "MAYBE"}, "tax_included", "invalid"),
        ({"type": "CHEAP"}, "type", "invalid"),
        ({"elements": []}, "elements", "required"),
        ({"elements": {}}, "elements", "invalid"),
        ({"elements": [1]}, "elements[0]", "invalid"),
        ({"elements": [{}]}, "elements[0].price_components", "required"),
        ({"elements": [SIMPLE["elements"][0]] * 401}, "elements", "out_of_range"),
        ({"id": "x" * 37}, "id", "too_long_text"),
        ({"id": "a\x00b"}, "id", "invalid"),
        ({"id": 12}, "id", "invalid"),
        ({"tariff_alt_url": "javascript:alert(1)"}, "tariff_alt_url", "invalid"),
        ({"tariff_alt_text": [{"language": "en"}]}, "tariff_alt_text[0].text", "required"),
        ({"min_price": 5}, "min_price", "invalid"),
        ({"min_price": {"after_taxes": 1}}, "min_price.before_taxes", "required"),
        ({"min_price": {"before_taxes": 2, "after_taxes": 1}}, "min_price.after_taxes", "invalid"),
        ({"min_price": {"before_taxes": "0.005"}}, "min_price.before_taxes", "invalid"),
        ({"min_price": {"before_taxes": 9}, "max_price": {"before_taxes": 8}}, "max_price", "invalid"),
        (
            {
                "min_price": {"before_taxes": 5, "after_taxes": 9},
                "max_price": {"before_taxes": 6, "after_taxes": 8},
            },
            "max_price",
            "invalid",
        ),
        ({"idle_cap": "1.001"}, "idle_cap", "invalid"),
        ({"currency": "JPY", "idle_cap": "1.5"}, "idle_cap", "invalid"),
        ({"idle_grace_minutes": -1}, "idle_grace_minutes", "out_of_range"),
        ({"idle_grace_minutes": True}, "idle_grace_minutes", "invalid"),
        ({"idle_grace_minutes": 1.5}, "idle_grace_minutes", "invalid"),
        ({"start_date_time": "2026-01-01T00:00:00"}, "start_date_time", "naive_time"),
        ({"start_date_time": "soon"}, "start_date_time", "invalid"),
        ({"start_date_time": "9999-12-31T23:00:00-05:00"}, "start_date_time", "invalid"),
        (
            {"start_date_time": "2026-01-02T00:00:00Z", "end_date_time": "2026-01-01T00:00:00Z"},
            "end_date_time",
            "invalid",
        ),
        ({"energy_mix": {}}, "energy_mix.is_green_energy", "required"),
        (
            {"energy_mix": {"is_green_energy": True, "energy_sources": [{"source": "SUN", "percentage": 1}]}},
            "energy_mix.energy_sources[0].source",
            "invalid",
        ),
        (
            {"energy_mix": {"is_green_energy": True, "environ_impact": [{"category": "CARBON_DIOXIDE"}]}},
            "energy_mix.environ_impact[0].amount",
            "required",
        ),
        ({"valid": True}, "valid", "unknown_field"),
    ],
)
def test_a_wrong_field_of_a_tariff_is_named(changes: dict[str, Any], field: str, code: str) -> None:
    assert refusal(SIMPLE | changes) == [(field, code)]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"type": "DISTANCE"}, "type", "invalid"),
        ({"type": None}, "type", "required"),
        ({"price": None}, "price", "required"),
        ({"price": "NaN"}, "price", "invalid"),
        ({"price": float("inf")}, "price", "invalid"),
        ({"price": True}, "price", "invalid"),
        ({"price": "free"}, "price", "invalid"),
        ({"price": [1]}, "price", "invalid"),
        ({"price": -0.01}, "price", "out_of_range"),
        ({"price": "1e300"}, "price", "invalid"),
        ({"price": 1_000_001}, "price", "out_of_range"),
        ({"price": "0.1234567"}, "price", "invalid"),
        ({"vat": 101}, "vat", "out_of_range"),
        ({"step_size": 0}, "step_size", "out_of_range"),
        ({"step_size": "1"}, "step_size", "invalid"),
        ({"step_size": None}, "step_size", "required"),
        ({"unit": "kWh"}, "unit", "unknown_field"),
    ],
)
def test_a_wrong_field_of_a_price_component_is_named(changes: dict[str, Any], field: str, code: str) -> None:
    assert refusal(with_component(**changes)) == [(f"elements[0].price_components[0].{field}", code)]


@pytest.mark.parametrize(
    ("restrictions", "field", "code"),
    [
        ({"start_time": "9:00"}, "start_time", "invalid"),
        ({"start_time": 900}, "start_time", "invalid"),
        ({"end_time": "24:00"}, "end_time", "invalid"),
        ({"start_date": "2026-02-30"}, "start_date", "invalid"),
        ({"start_date": "2026-W01-1"}, "start_date", "invalid"),
        ({"start_date": "2026-03-01", "end_date": "2026-03-01"}, "end_date", "invalid"),
        ({"min_kwh": 20, "max_kwh": 20}, "max_kwh", "invalid"),
        ({"min_power": 20, "max_power": 10}, "max_power", "invalid"),
        ({"min_current": 20, "max_current": 10}, "max_current", "invalid"),
        ({"min_duration": 20, "max_duration": 10}, "max_duration", "invalid"),
        ({"min_duration": -1}, "min_duration", "out_of_range"),
        ({"day_of_week": ["FUNDAY"]}, "day_of_week[0]", "invalid"),
        ({"day_of_week": ["MONDAY", "MONDAY"]}, "day_of_week", "invalid"),
        ({"day_of_week": "MONDAY"}, "day_of_week", "invalid"),
        ({"reservation": "MAYBE"}, "reservation", "invalid"),
        ({"weather": "sunny"}, "weather", "unknown_field"),
    ],
)
def test_a_wrong_restriction_is_named(restrictions: dict[str, Any], field: str, code: str) -> None:
    assert refusal(with_restrictions(**restrictions)) == [(f"elements[0].restrictions.{field}", code)]


def test_an_element_has_one_price_per_dimension() -> None:
    twice = SIMPLE | {"elements": [element(component("ENERGY", "0.25"), component("ENERGY", "0.3"))]}
    assert refusal(twice) == [("elements[0].price_components", "invalid")]


def test_a_reservation_has_no_energy() -> None:
    assert refusal(with_restrictions(reservation="RESERVATION")) == [
        ("elements[0].price_components", "invalid")
    ]


def test_every_wrong_field_is_named_in_one_go() -> None:
    document = {
        "currency": "XXX",
        "elements": [element({"type": "ENERGY"}), element(component("TIME", "-1"), min_kwh="x")],
        "tax_included": "NO",
    }
    assert refusal(document) == [
        ("currency", "invalid"),
        ("elements[0].price_components[0].price", "required"),
        ("elements[0].price_components[0].step_size", "required"),
        ("elements[1].price_components[0].price", "out_of_range"),
        ("elements[1].restrictions.min_kwh", "invalid"),
    ]


def test_the_message_of_a_refusal_says_where_and_what() -> None:
    with pytest.raises(InvalidTariff) as refused:
        Tariff.from_ocpi(with_component(step_size=0))
    assert str(refused.value) == "elements[0].price_components[0].step_size: This must be from 1 to 1000000."
