"""Stations in words."""

from decimal import Decimal

import pytest

from stations.tariff_recipe import Recipe
from stations.words import facility_names, hours_text, minutes_text, price_lines, week_lines


def periods(*weekdays: int, begin: str = "07:00", end: str = "20:00") -> list[dict[str, object]]:
    return [{"weekday": day, "period_begin": begin, "period_end": end} for day in weekdays]


@pytest.mark.parametrize(
    ("hours", "lines"),
    [
        ({"twentyfourseven": True}, ["Day and night"]),
        ({"twentyfourseven": False, "regular_hours": periods(1, 2, 3, 4, 5)}, ["Mon–Fri 07:00–20:00"]),
        (
            {
                "twentyfourseven": False,
                "regular_hours": [*periods(1), *periods(1, begin="21:00", end="02:00"), *periods(6, 7)],
            },
            ["Mon 07:00–20:00, 21:00–02:00", "Sat–Sun 07:00–20:00"],
        ),
        (
            {"twentyfourseven": True, "exceptional_closings": [{}, {}]},
            ["Day and night", "2 exceptions"],
        ),
    ],
)
def test_equal_days_stand_together(hours: dict[str, object], lines: list[str]) -> None:
    assert week_lines(hours) == lines


def test_prices_are_named_with_their_unit_and_hours() -> None:
    recipe = Recipe(
        per_kwh=Decimal("0.5"),
        second_per_kwh=Decimal("0.3955"),
        second_from="22:00",
        second_to="06:00",
        idle_per_hour=Decimal(6),
        idle_grace_minutes=90,
        idle_cap=Decimal(12),
        max_price=Decimal(40),
    )
    assert price_lines(recipe.to_ocpi()) == [
        ("Energy (22:00–06:00)", "0.3955 EUR/kWh"),
        ("Energy", "0.50 EUR/kWh"),
        ("Parking without charging", "6.00 EUR/h"),
        ("A session at most", "40.00 EUR"),
        ("Idling is free for", "1 h 30 min"),
        ("Idling at most", "12.00 EUR"),
    ]


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "0 min"), (75, "1 h 15 min"), (1440, "1 day"), (43_200, "30 days")]
)
def test_minutes_are_said_as_people_do(minutes: int, said: str) -> None:
    assert minutes_text(minutes) == said


def test_facilities_have_names() -> None:
    assert facility_names(["CAFE", "WIFI"]) == "café, Wi-Fi"


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        ("0.233333", "14 min"),
        ("1.5", "1 h 30 min"),
        ("0.086111", "5 min 10 s"),
        ("0.005", "18 s"),
        ("0", "0 min"),
    ],
)
def test_hours_of_a_price_line_are_read_as_time(hours: str, text: str) -> None:
    assert hours_text(hours) == text
