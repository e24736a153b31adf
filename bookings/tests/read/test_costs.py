"""The cost of a slot in EUR, against figures worked out by hand from docs/rl.md."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.costs import Preference, Values, cost_terms, mismatch_eur, travel_eur, waiting_eur

NORMAL = Values()


def test_a_walk_is_both_ways_with_detour_at_walking_pace() -> None:
    """0.45 km: 2 x 1.3 x 0.45 / 4.5 h = 0.26 h, at 10 EUR/h."""
    assert travel_eur(np.array([0.0, 0.45]), 10.0, may_drive=False).tolist() == pytest.approx([0.0, 2.60])


def test_beyond_walking_distance_people_drive_if_they_may() -> None:
    """10 km: 26 km on the road, 0.8667 h of driving and 0.3333 h of parking at 10 EUR/h, and 0.20 EUR/km."""
    far = np.array([10.0])
    assert travel_eur(far, 10.0, may_drive=True).tolist() == pytest.approx(
        [(26 / 30 + 1 / 3) * 10 + 26 * 0.2]
    )
    assert travel_eur(far, 10.0, may_drive=False).tolist() == pytest.approx([26 / 4.5 * 10])


def test_starting_too_early_counts_less_than_too_late() -> None:
    assert waiting_eur(np.array([-1.0, 0.0, 0.5]), 8.0).tolist() == pytest.approx([5.6, 0.0, 4.0])


def test_a_mismatch_counts_by_the_hour_up_to_three() -> None:
    hours = np.array([-1.0, 0.0, 1.0, 3.0, 9.0])
    assert mismatch_eur(hours, 8.0).tolist() == pytest.approx([0.0, 0.0, 1.4, 4.2, 4.2])


def test_terms_and_score_of_two_candidates() -> None:
    terms = cost_terms(
        energy_eur=[11.0, 13.2],
        distance_km=[0.45, 0.0],
        late_h=[0.25, 0.0],
        short_h=[0.0, 2.0],
        long_h=[0.0, -2.0],
        values=NORMAL,
    )
    assert [term.tolist() for term in terms.in_cents()] == [[11.0, 13.2], [2.6, 0.0], [2.0, 0.0], [0.0, 2.8]]
    assert terms.in_cents().score.tolist() == pytest.approx([15.6, 16.0])


@pytest.mark.parametrize(
    ("preference", "expected"),
    [
        (Preference.BALANCED, (10.0, 12.5)),
        (Preference.CHEAPEST, (3.5, 4.375)),
        (Preference.FASTEST, (30.0, 12.5)),
        (Preference.NEAREST, (10.0, 50.0)),
    ],
)
def test_a_preference_multiplies_the_value_of_time(
    preference: Preference, expected: tuple[float, float]
) -> None:
    values = Values.of(10.0, preference)
    assert (values.waiting, values.travel) == pytest.approx(expected)


def test_the_usual_value_of_time_is_that_of_the_normal_class() -> None:
    assert Values.of(None, Preference.BALANCED) == Values(waiting=8.0, travel=10.0)


euros = st.floats(0, 500, allow_nan=False)


@given(st.lists(st.tuples(euros, euros, euros, euros), min_size=1, max_size=12), euros)
def test_shown_terms_add_up_to_the_shown_score_to_the_cent(
    rows: list[tuple[float, ...]], value_of_time: float
) -> None:
    energy, distance, late, short = (np.array(column) for column in zip(*rows, strict=True))
    values = Values.of(value_of_time, Preference.BALANCED)
    terms = cost_terms(energy_eur=energy, distance_km=distance, late_h=late, short_h=short, values=values)
    shown = terms.in_cents()
    for position in range(len(rows)):
        cents = [round(term * 100) for term in shown.values_at(position)]
        assert sum(cents) == round(float(shown.score[position]) * 100)
        assert cents == pytest.approx([float(term[position]) * 100 for term in terms], abs=0.5001)
