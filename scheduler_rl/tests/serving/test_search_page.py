"""The best slots of the search page as the network ranks them: what is shown adds up, and what was shown is logged."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from bookings.models import RecommendationShown
from bookings.presentation.recommended import Best
from bookings.services.recommend import mark_taken
from scheduler_rl.models import RankedDecision
from scheduler_rl.tests.serving.conftest import NOW
from stations.models import Station
from tests.factories import make_booking, make_vehicle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ranker", "stations")]

ASKED = {"lat": "53.55", "lon": "9.99", "radius_km": "5", "time": "09:00", "prefer": "cheapest"}


@pytest.fixture
def shown(client: Client, driver: User) -> Best:
    make_vehicle(driver)
    client.force_login(driver)
    best: Best = client.get("/", ASKED).context["around"].best
    return best


def amount(words: str) -> int:
    """Cents of "waiting 1.33"."""
    return round(float(words.rsplit(" ", 1)[1]) * 100)


def test_the_terms_and_what_it_takes_from_others_are_the_order(shown: Best) -> None:
    totals = []
    for one in shown.slots:
        own, _, others = one.sums.removesuffix(".").partition("; ")
        total, _, terms = own.partition(" EUR: ")
        assert amount(total) == sum(amount(term) for term in terms.split(" + ")), one.sums
        totals.append(amount(total) + (amount(others) if others else 0))
    assert totals == sorted(totals)
    assert any("from others" in one.sums for one in shown.slots)
    assert any("to others" in one.reason for one in shown.slots)


def test_the_answer_is_logged_with_the_chance_of_each_and_what_was_taken(shown: Best, driver: User) -> None:
    record, kept = RecommendationShown.objects.get(), RankedDecision.objects.get()
    assert (kept.shown, kept.arm, kept.features["preference"]) == (
        record,
        RankedDecision.Arm.ACTIVE,
        "cheapest",
    )
    assert [one["start"] for one in kept.candidates] == [one["start"] for one in record.shown]
    assert (kept.propensity, sum(one["propensity"] for one in kept.candidates)) == (1.0, 1.0)
    assert len(kept.candidates) == len(shown.slots)
    station = Station.objects.get(slug=shown.slots[1].slug)
    second = kept.candidates[1]
    evse = station.evses.get(uid=record.shown[1]["evse_uid"])
    booking = make_booking(
        evse, driver, start=datetime.fromisoformat(second["start"]), minutes=shown.slots[1].minutes
    )
    found = mark_taken(booking, now=NOW)
    assert found == record
    assert found.taken_rank == 2


def test_a_network_that_takes_too_long_leaves_the_plain_order(
    client: Client, driver: User, settings: Settings
) -> None:
    settings.EVB_RANKER_BUDGET_MS = 0
    make_vehicle(driver)
    client.force_login(driver)
    answer = client.get("/", ASKED)
    assert answer.context["around"].best.ordered == "In order of what each costs you."
    assert "to others" not in answer.content.decode()
    assert RankedDecision.objects.get().arm == RankedDecision.Arm.FALLBACK
