"""The shadow price in words: which hour is dear to others, and what the driver saves or pays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from bookings.costs import TermValues
from bookings.ports import Ranked
from bookings.ranking.candidates import Candidate
from evbooking.core.money import Money
from scheduler_rl.serving.reasons import with_reasons

EIGHT = datetime(2026, 12, 1, 7, tzinfo=UTC)  # in Hamburg
HAMBURG = ZoneInfo("Europe/Berlin")


def ranked(
    *, minutes: int = 0, price: str = "10.00", waiting: float = 0.0, others: float = 0.0, station: int = 1
) -> Ranked:
    start = EIGHT + timedelta(minutes=minutes)
    candidate = Candidate(
        station_id=UUID(int=station),
        station_slug=f"station-{station}",
        station_name=f"Station {station}",
        zone=HAMBURG,
        evse_uid=f"evse-{station}",
        is_dc=False,
        power_kw=Decimal(11),
        start=start,
        end=start + timedelta(hours=2),
        energy_kwh=Decimal(22),
        price=Money(Decimal(price), "EUR"),
        distance_km=0.1,
        free_units=1,
        class_units=2,
    )
    terms = TermValues(float(price), 0.0, waiting, 0.0)
    return Ranked(candidate, round(sum(terms), 2), terms, "22 kWh.", others)


def reason(one: Ranked, least: Ranked) -> str:
    return with_reasons([one], least, [HAMBURG])[0].reason


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {"minutes": 15, "price": "9.10", "waiting": 2.0},
            "15 min later: 08:00–10:00 here is worth 2.10 EUR more to others, you save 0.90.",
        ),
        (
            {"minutes": -30, "waiting": 0.4},
            (
                "30 min earlier: 08:00–10:00 here is worth 2.10 EUR more to others, "
                "it costs you 0.40 more, your time included."
            ),
        ),
        (
            {"station": 2},
            "Instead: 08:00–10:00 at Station 1 is worth 2.10 EUR more to others, it costs you no more.",
        ),
        (
            {"station": 2, "minutes": 75, "waiting": 1.0},
            (
                "1 h 15 min later: 08:00–10:00 at Station 1 is worth 2.10 EUR more to others, "
                "it costs you 1.00 more, your time included."
            ),
        ),
        ({"waiting": 3.0}, ""),  # dearer in all than what costs its driver least: nothing to explain
        ({"waiting": 1.0, "others": 2.4}, "This time is worth 2.40 EUR to others."),
    ],
)
def test_the_reason_says_what_others_would_give_and_what_the_change_means(
    changed: dict[str, object], words: str
) -> None:
    least = ranked(others=2.10)
    assert reason(ranked(**changed), least) == f"22 kWh. {words}".rstrip()  # type: ignore[arg-type]
