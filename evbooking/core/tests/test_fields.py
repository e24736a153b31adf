"""Days at the site, and numbers as texts."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from rest_framework.exceptions import ValidationError

from evbooking.core.api.fields import InstantOrDayField, at_site
from evbooking.core.api.json import dumps
from evbooking.core.money import Money


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("Europe/Berlin", "2026-12-01", "2026-11-30T23:00:00Z"),
        ("Europe/Berlin", "2026-07-01", "2026-06-30T22:00:00Z"),
        ("Australia/Lord_Howe", "2026-12-01", "2026-11-30T13:00:00Z"),
        (
            "Africa/Cairo",
            "2026-04-24",
            "2026-04-23T22:00:00Z",
        ),  # this midnight does not exist: clocks go to 01:00
    ],
)
def test_a_day_is_its_midnight_at_the_site(zone: str, day: str, expected: str) -> None:
    value = InstantOrDayField().to_internal_value(day)
    assert value == date.fromisoformat(day)
    assert dumps(at_site(value, ZoneInfo(zone))) == f'"{expected}"'.encode()


def test_an_instant_is_the_same_at_every_site() -> None:
    value = InstantOrDayField().to_internal_value("2026-12-01T08:00:00+01:00")
    assert at_site(value, ZoneInfo("America/New_York")) == datetime(2026, 12, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_days_too(day: str, zone: str) -> None:
    assert at_site(date.fromisoformat(day), ZoneInfo(zone)).tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "code"),
    [("2026-12-32", "invalid"), ("2026-12-01T08:00", "naive_time"), ("20261201", "invalid"), ("", "invalid")],
)
def test_what_is_neither_is_refused(text: str, code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        InstantOrDayField().to_internal_value(text)
    assert refusal.value.get_codes() == [code]


def test_json_is_written_as_the_contract_says() -> None:
    value = {
        "at": datetime(2026, 12, 1, 8, 0, 0, 500_000, tzinfo=ZoneInfo("Europe/Berlin")),
        "kw": Decimal("11.00"),
        "many": Decimal("1E+2"),
        "price": Money(Decimal("1.5"), "EUR"),
        "id": UUID(int=1),
        "text": "Königstraße",
    }
    assert dumps(value).decode() == (
        '{"at":"2026-12-01T07:00:00.500000Z","kw":"11","many":"100","price":{"amount":"1.50","currency":"EUR"},'
        '"id":"00000000-0000-0000-0000-000000000001","text":"Königstraße"}'
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object()])
def test_what_has_no_json_form_is_our_fault(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        dumps(value)
