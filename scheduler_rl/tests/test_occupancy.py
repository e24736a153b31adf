from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler_rl.kernel.occupancy import LONGEST, WIDTH, Occupancy, connectors_of
from scheduler_rl.worlds.city import MOST_CONNECTORS, Sites

STAYS = st.lists(st.tuples(st.integers(0, 140), st.integers(1, LONGEST)), max_size=40)


def one_site(capacity: int) -> Sites:
    return Sites(np.array([1]), np.zeros((1, 2)), np.array([capacity]), np.array([False]))


@settings(max_examples=60, deadline=None)
@given(STAYS, st.integers(1, 4))
def test_stays_that_fit_never_put_two_cars_on_one_connector(
    stays: list[tuple[int, int]], capacity: int
) -> None:
    occupancy = Occupancy.empty(one_site(capacity), 1)
    naive = np.full(WIDTH, capacity)
    kept = []
    for start, length in stays:
        place, size = np.array([start]), np.array([length])
        fits = bool(occupancy.fits(place, size)[0])
        assert fits == (naive[start : start + length] > 0).all()
        if fits:
            occupancy.take(place, size)
            naive[start : start + length] -= 1
            kept.append((start, start + length))
    assert (occupancy.free(np.array([0]))[0, 0] == naive).all()
    starts, ends = (np.array([stay[i] for stay in kept], dtype=np.int64) for i in (0, 1))
    given_to = connectors_of(starts, ends, capacity)
    for connector in range(capacity):
        mine = given_to == connector
        order = np.argsort(starts[mine])
        assert (starts[mine][order][1:] >= ends[mine][order][:-1]).all()


def test_the_largest_site_is_empty_at_first_and_a_larger_one_is_refused() -> None:
    """A byte would say that all of 200 connectors are taken."""
    occupancy = Occupancy.empty(one_site(MOST_CONNECTORS), 1)
    assert occupancy.free(np.array([0])).min() == occupancy.window(np.array([0])).min() == MOST_CONNECTORS
    assert occupancy.fits(np.array([0]), np.array([LONGEST])).all()
    with pytest.raises(ValueError, match="a site of 128 connectors, 127 are the most"):
        Occupancy.empty(one_site(MOST_CONNECTORS + 1), 1)


def test_more_stays_than_connectors_cannot_be_given_connectors() -> None:
    with pytest.raises(ValueError, match="more stays at once"):
        connectors_of(np.array([0, 1, 2]), np.array([5, 5, 5]), 2)


def test_a_stay_that_is_given_back_leaves_everything_as_it_was() -> None:
    occupancy = Occupancy.empty(one_site(2), 3)
    before = occupancy.spare.copy()
    place, length = occupancy.rows(np.array([1])) + 30, np.array([8])
    occupancy.take(place, length)
    assert occupancy.free(np.array([1]))[0, 0, 30:38].tolist() == [1] * 8
    assert occupancy.free(np.array([0, 2])).min() == 2
    occupancy.take(place, length, connectors=-1)
    assert (occupancy.spare == before).all()


def test_copies_do_not_touch_the_original() -> None:
    occupancy = Occupancy.empty(one_site(1), 2)
    copies = occupancy.copies(np.array([1, 0]), 2)
    copies.take(copies.rows(np.arange(4)), np.full(4, 4))
    assert occupancy.free(np.array([0, 1])).min() == 1
    assert copies.free(np.arange(4))[:, 0, :4].max() == 0
