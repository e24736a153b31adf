"""The words of pages, by themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bookings.errors import HoldExpired
from bookings.presentation.opening import exceptions_of, opening_now, week_of
from bookings.presentation.refusals import refusal_words
from bookings.presentation.tariffs import price_notes, price_rows
from bookings.presentation.terms import general_terms, slot_terms
from bookings.presentation.words import lasting, plain, site_clock, site_range
from bookings.terms import AcceptedTerms
from evbooking.core.errors import FieldError, Invalid
from evbooking.core.money import Money
from stations.hours import Hours
from stations.models import BookingTerms
from stations.pricing import Tariff

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 12, 1, 7, 50, tzinfo=UTC)
AUTHORISED = "is authorised before the start, and only what you used is taken"
ON_CARD = "is authorised on your card before the start, and only what you used is taken"
TAKEN = "is taken when you book, and what you did not use comes back"
COUNTED = "is taken when you book and counts towards the bill"
FREE = "Cancel free of charge until 1 h before the start"
BEGUN = "From the start on it costs"
SOON = "because the slot starts soon"
UNTIL = "Cancel free of charge until Tue 1 Dec 09:50"
DAYTIME = Hours.from_ocpi(
    {
        "twentyfourseven": False,
        "regular_hours": [
            {"weekday": day, "period_begin": "07:00", "period_end": "22:00"} for day in range(1, 7)
        ],
        "exceptional_closings": [
            {"period_begin": "2026-12-24T13:00:00Z", "period_end": "2026-12-26T23:00:00Z"}
        ],
    }
)


def terms(**changes: Any) -> AcceptedTerms:
    return AcceptedTerms.of(BookingTerms(**{"noshow_fee_amount": Decimal(0), **changes}))


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(45, "45 min"), (60, "1 h"), (75, "1 h 15 min"), (1440, "24 h"), (43_200, "30 days"), (0, "0 min")],
)
def test_a_duration_reads_as_people_say_it(minutes: int, words: str) -> None:
    assert lasting(timedelta(minutes=minutes)) == words


@pytest.mark.parametrize(
    ("number", "words"), [("11.00", "11"), ("42.54", "42.5"), ("100", "100"), ("0.04", "0")]
)
def test_a_number_has_at_most_one_decimal(number: str, words: str) -> None:
    assert plain(Decimal(number)) == words


def test_an_hour_that_comes_twice_names_its_offset() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert site_clock(first, BERLIN) == "02:30 CEST"
    assert site_clock(first + timedelta(hours=1), BERLIN) == "02:30 CET"
    assert site_clock(first + timedelta(hours=2), BERLIN) == "03:30"


def test_a_slot_over_midnight_names_the_day_of_its_end() -> None:
    start = datetime(2026, 12, 1, 22, 30, tzinfo=UTC)
    assert site_range(start, start + timedelta(hours=1), BERLIN) == "23:30–Wed 2 Dec 00:30"


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (NOW, "Open until 22:00"),
        (NOW - timedelta(hours=3), "Closed, opens 07:00"),
        (datetime(2026, 12, 5, 22, tzinfo=UTC), "Closed, opens Mon 7 Dec 07:00"),
    ],
)
def test_the_opening_state_says_what_comes_next(now: datetime, words: str) -> None:
    assert opening_now(DAYTIME, BERLIN, now).text == words


def test_a_site_that_never_closes_says_so() -> None:
    always = Hours.from_ocpi({"twentyfourseven": True})
    assert opening_now(always, BERLIN, NOW).text == "Open 24 h"
    assert week_of(always, BERLIN, NOW) == []


def test_neighbouring_days_with_the_same_hours_stand_together() -> None:
    assert week_of(DAYTIME, BERLIN, NOW) == [
        ("Monday – Saturday", "07:00–22:00", True),
        ("Sunday", "closed", False),
    ]


def test_closings_of_the_next_thirty_days_are_told() -> None:
    assert exceptions_of(DAYTIME, BERLIN, NOW) == ["Closed Thu 24 Dec 14:00 – Sun 27 Dec 00:00"]
    assert exceptions_of(DAYTIME, BERLIN, NOW - timedelta(days=20)) == []


def test_a_tariff_reads_price_by_price() -> None:
    tariff = Tariff.from_ocpi(
        {
            "currency": "EUR",
            "tax_included": "NO",
            "min_price": {"before_taxes": 1, "after_taxes": 1.19},
            "max_price": {"before_taxes": 50},
            "idle_grace_minutes": 15,
            "idle_cap": 20,
            "elements": [
                {
                    "price_components": [{"type": "ENERGY", "price": 0.395, "vat": 19, "step_size": 1}],
                    "restrictions": {"start_time": "21:00", "end_time": "07:00"},
                },
                {"price_components": [{"type": "FLAT", "price": 0.5, "step_size": 1}]},
                {"price_components": [{"type": "PARKING_TIME", "price": 3, "step_size": 60}]},
                {
                    "price_components": [{"type": "FLAT", "price": 5, "step_size": 1}],
                    "restrictions": {"reservation": "RESERVATION_EXPIRES"},
                },
            ],
        }
    )
    assert price_rows(tariff) == [
        ("Energy (21:00–07:00)", "0.395 EUR/kWh + 19 % VAT"),
        ("Start fee", "0.50 EUR"),
        ("Parking without charging", "3.00 EUR/h"),
    ]
    assert price_notes(tariff) == [
        "VAT is added to these prices.",
        "At least 1.19 EUR a session.",
        "At most 50.00 EUR a session.",
        "The first 15 minutes of parking without charging are free.",
        "Parking without charging costs at most 20.00 EUR.",
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Cancel free of charge until the start."),
        ({"late_cancel_share": 50}, f"{FREE}; after that for 50 % of the price."),
        ({"late_cancel_allowed": False}, f"{FREE}; after that it cannot be canceled."),
        ({"approval_required": True}, "The operator answers within 2 h."),
        ({}, "You pay at the charger, not now."),
        ({"payment": "ONLINE"}, f"You pay online: the price and 20 % on top {AUTHORISED}."),
        ({"payment": "ONLINE", "estimate_buffer_share": 0}, f"You pay online: the price {AUTHORISED}."),
        ({"payment": "ONLINE", "security": "PREPAYMENT"}, f"You pay online: the price {TAKEN}."),
        (
            {"payment": "ONLINE", "security": "DEPOSIT", "deposit_amount": Decimal(5)},
            f"You pay online: a deposit of 5.00 EUR {COUNTED}.",
        ),
        ({"noshow_fee_amount": Decimal(3)}, "If you do not come, the slot is given away and costs 3.00 EUR."),
    ],
)  # fmt: skip
def test_terms_read_as_plain_words(changes: dict[str, Any], words: str) -> None:
    assert words in [term.text for term in general_terms(terms(**changes), "EUR")]


@pytest.mark.parametrize(
    ("hours", "changes", "words"),
    [
        (2, {"late_cancel_share": 50}, f"{UNTIL}; after that canceling costs 5.00 EUR."),
        (2, {"late_cancel_allowed": False}, f"{UNTIL}; after that canceling is not possible."),
        (0, {"late_cancel_share": 50}, "Canceling costs 5.00 EUR, because the slot starts soon."),
        (0, {}, "Cancel free of charge until the start."),
        (2, {"noshow_fee_amount": Decimal(3)}, f"Cancel free of charge until the start. {BEGUN} 3.00 EUR."),
        (
            0,
            {"noshow_fee_amount": Decimal(6), "late_cancel_share": 50},
            f"Canceling costs 5.00 EUR, because the slot starts soon. {BEGUN} 6.00 EUR.",
        ),
        (0, {"noshow_fee_amount": Decimal(6), "late_cancel_allowed": False}, f"Canceling is not possible, {SOON}."),
    ],
)  # fmt: skip
def test_canceling_a_slot_names_its_own_times(hours: int, changes: dict[str, Any], words: str) -> None:
    total, start = Money(Decimal(10), "EUR"), NOW + timedelta(hours=hours)
    accepted, nothing = terms(**changes), Money.zero("EUR")
    found = slot_terms(accepted, start=start, total=total, no_show=nothing, zone=BERLIN, now=NOW)
    assert words in [term.text for term in found]


def test_not_coming_costs_the_fee_and_the_tariffs_price() -> None:
    amounts = {"total": Money(Decimal(10), "EUR"), "no_show": Money(Decimal("8.50"), "EUR")}
    found = slot_terms(terms(), start=NOW, **amounts, zone=BERLIN, now=NOW)
    assert found[-1].text == "If you do not come, the slot is given away and costs 8.50 EUR."


@pytest.mark.parametrize(
    ("price", "changes", "words"),
    [
        (10, {"payment": "ON_SITE"}, "You pay at the charger, not now."),
        (0, {"payment": "ON_SITE"}, "There is nothing to pay now."),
        (0, {}, "There is nothing to pay now. What it costs in the end all the same, you pay online afterwards."),
        (10, {}, f"You pay online: 12.00 EUR {ON_CARD}."),
        (10, {"estimate_buffer_share": 0}, f"You pay online: 10.00 EUR {ON_CARD}."),
        (5, {}, f"You pay online: 7.00 EUR {ON_CARD}."),
        (10, {"security": "PREPAYMENT"}, f"You pay online: 10.00 EUR {TAKEN}."),
        (9, {"security": "DEPOSIT", "deposit_amount": Decimal(4)}, f"You pay online: a deposit of 4.00 EUR {COUNTED}."),
        (3, {"security": "DEPOSIT", "deposit_amount": Decimal(4)}, f"You pay online: a deposit of 3.00 EUR {COUNTED}."),
    ],
)  # fmt: skip
def test_paying_a_slot_names_its_amount(price: int, changes: dict[str, Any], words: str) -> None:
    accepted = terms(**{"payment": "ONLINE", **changes})
    amounts = {"total": Money(Decimal(price), "EUR"), "no_show": Money(Decimal(7), "EUR")}
    found = slot_terms(accepted, start=NOW, **amounts, zone=BERLIN, now=NOW)
    assert words == found[0].text


def test_an_older_snapshot_is_read_with_the_defaults_of_what_it_lacks() -> None:
    later = {"security", "deposit_amount", "estimate_buffer_share"}
    document = {name: value for name, value in terms().as_json().items() if name not in later}
    read = AcceptedTerms.from_json(document)
    assert (read.security, read.deposit_amount, read.estimate_buffer_share) == (
        "AUTHORISATION",
        Decimal(0),
        20,
    )
    assert AcceptedTerms.from_json(read.as_json()) == read == terms()


def test_a_refusal_says_what_helps() -> None:
    assert refusal_words(HoldExpired()).endswith("Choose it once more.")
    twice = Invalid([FieldError("start", "in_the_past", ""), FieldError("end", "in_the_past", "")])
    assert refusal_words(twice) == "This start has passed. Choose a later one."
    assert (
        refusal_words(Invalid.one("start", "unheard_of", "The operator says so.")) == "The operator says so."
    )
