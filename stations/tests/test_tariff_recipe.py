"""The usual tariff as figures: what the form writes is what the form reads."""

from decimal import Decimal

import pytest

from stations.pricing import Tariff
from stations.tariff_recipe import Recipe

FULL = Recipe(
    vat=Decimal(19),
    per_kwh=Decimal("0.59"),
    per_hour=Decimal("1.20"),
    start_fee=Decimal("0.50"),
    idle_per_hour=Decimal("6"),
    idle_grace_minutes=10,
    idle_cap=Decimal("12"),
    second_per_kwh=Decimal("0.39"),
    second_from="22:00",
    second_to="06:00",
    reservation_fee=Decimal("1"),
    noshow_fee=Decimal("5"),
    min_price=Decimal("2"),
    max_price=Decimal("40"),
)


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(),
        FULL,
        Recipe(currency="JPY", tax_included="NO", per_kwh=Decimal(60), max_price=Decimal(5000)),
        Recipe(tax_included="N/A", per_kwh=Decimal("0.5"), noshow_fee=Decimal(3)),
    ],
)
def test_a_recipe_survives_the_document(recipe: Recipe) -> None:
    document = Tariff.from_ocpi(recipe.to_ocpi()).to_ocpi()
    assert Recipe.from_ocpi(document) == recipe


def test_special_prices_stand_before_the_usual_ones() -> None:
    restrictions = [element.get("restrictions") for element in FULL.to_ocpi()["elements"]]
    assert restrictions == [
        {"reservation": "RESERVATION"},
        {"reservation": "RESERVATION_EXPIRES"},
        {"start_time": "22:00", "end_time": "06:00"},
        None,
    ]


def test_limits_are_what_people_pay() -> None:
    document = FULL.to_ocpi()
    assert document["min_price"] == {"before_taxes": 0.0, "after_taxes": 2.0}
    assert document["max_price"] == {"before_taxes": 40.0, "after_taxes": 40.0}


@pytest.mark.parametrize(
    "restrictions",
    [
        {"day_of_week": ["SUNDAY"]},
        {"min_kwh": 20},
        {"start_time": "22:00", "end_time": "06:00", "min_kwh": 1},
    ],
)
def test_a_document_that_says_more_is_no_recipe(restrictions: dict[str, object]) -> None:
    component = {"type": "ENERGY", "price": 0.3, "step_size": 1}
    element = {"price_components": [component], "restrictions": restrictions}
    document = FULL.to_ocpi()
    assert Recipe.from_ocpi({**document, "elements": [element, *document["elements"]]}) is None


def test_different_steps_are_no_recipe() -> None:
    document = Recipe(per_kwh=Decimal("0.5")).to_ocpi()
    document["elements"][0]["price_components"][0]["step_size"] = 1000
    assert Recipe.from_ocpi(document) is None
