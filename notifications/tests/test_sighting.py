"""The edge from none to some: told once, when it lasts; flapping tells nothing twice."""

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifications.sighting import RESTS, STAYS, Sight, first_sight, look

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
Steps = list[tuple[timedelta, bool]]


def told(steps: Steps, *, free_at_first: bool = False) -> list[timedelta]:
    """When something is told, from the beginning on; `steps` are (since the beginning, free)."""
    sight, found = first_sight(free_at_first, NOW), []
    for after, free in steps:
        sight, tells = look(sight, free, NOW + after)
        if tells:
            found.append(after)
    return found


def every(seconds: int, until: timedelta, free: bool, begin: timedelta = timedelta()) -> Steps:
    return [
        (begin + number * seconds * SECOND, free) for number in range(1, int(until / SECOND) // seconds + 1)
    ]


def test_what_becomes_free_is_told_when_it_has_stayed_free_for_a_minute() -> None:
    assert told(every(10, 5 * MINUTE, True)) == [70 * SECOND]


def test_what_is_free_at_first_is_no_news() -> None:
    assert told(every(10, 60 * MINUTE, True), free_at_first=True) == []


def test_free_and_taken_within_a_minute_is_not_told() -> None:
    assert (
        told([(MINUTE, True), (MINUTE + 59 * SECOND, True), (2 * MINUTE, False), (3 * MINUTE, False)]) == []
    )


def test_flapping_after_a_message_tells_nothing_again() -> None:
    flaps = [(3 * MINUTE + number * 30 * SECOND, bool(number % 4)) for number in range(200)]
    assert told([(MINUTE, True), (2 * MINUTE, True), *flaps]) == [2 * MINUTE]


def test_after_ten_minutes_of_none_the_next_edge_counts() -> None:
    gone = 3 * MINUTE
    back = gone + RESTS
    assert told([(MINUTE, True), (2 * MINUTE, True), (gone, False), (back, True), (back + STAYS, True)]) == [
        2 * MINUTE,
        back + STAYS,
    ]


def test_nine_minutes_of_none_are_not_enough() -> None:
    back = 3 * MINUTE + RESTS - SECOND
    assert told(
        [(MINUTE, True), (2 * MINUTE, True), (3 * MINUTE, False), (back, True), (back + STAYS, True)]
    ) == [2 * MINUTE]


@given(st.lists(st.tuples(st.integers(1, 900), st.booleans()), max_size=60), st.booleans())
def test_between_two_messages_there_was_none_for_long_enough(
    gaps: list[tuple[int, bool]], free_at_first: bool
) -> None:
    now, steps = timedelta(), []
    for seconds, free in gaps:
        now += seconds * SECOND
        steps.append((now, free))
    messages = told(steps, free_at_first=free_at_first)
    for first, second in itertools.pairwise(messages):
        longest = _longest_none([step for step in steps if first <= step[0] <= second])
        assert longest >= RESTS


def _longest_none(steps: Steps) -> timedelta:
    longest, since = timedelta(), None
    for at, free in steps:
        if free:
            longest, since = max(longest, at - since if since is not None else timedelta()), None
        elif since is None:
            since = at
    return longest


def test_a_sight_says_since_when() -> None:
    assert first_sight(True, NOW) == Sight(False, NOW, None)
    assert first_sight(False, NOW) == Sight(True, None, NOW)
    assert look(Sight(True, None, NOW), False, NOW + MINUTE) == (Sight(True, None, NOW), False)
