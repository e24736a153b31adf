"""A series that moves to other weekdays: each date goes to its new day within its own week, Monday to Sunday. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import TypeVar

from bookings.recurrence import Rule
from evbooking.core.errors import Invalid

T = TypeVar("T")


def days_of(rule: Rule, first: date) -> list[int]:
    """The weekdays on which a rule that begins then has dates, Monday is 0."""
    if rule.days:
        return sorted(rule.days)
    return [first.weekday()] if rule.frequency == "WEEKLY" else list(range(7))


def shift_between(old: Collection[int], new: Collection[int]) -> Mapping[int, int]:
    """By how many days each weekday moves: the first of the old ones to the first of the new, and so on.

    Raises Invalid at `days` where there are not as many: dates that would come or go are another series, or canceled.
    """
    if len(set(old)) != len(set(new)):
        count = "1 day" if len(old) == 1 else f"{len(old)} days"
        raise Invalid.one("days", "invalid", f"This series is on {count} a week: choose as many.")
    pairs = zip(sorted(set(old)), sorted(set(new)), strict=True)
    return {before: after - before for before, after in pairs}


def in_order_of_moving(things: Iterable[tuple[T, date, date]]) -> list[T]:
    """Things that go from a day to another, so that each finds its place left by those that stood there.

    Who goes on comes from the last, then who goes back from the first. As weekdays keep their order, no two of them
    change places.
    """
    moves = sorted(things, key=lambda move: move[1])
    forward = [thing for thing, before, after in reversed(moves) if after >= before]
    return forward + [thing for thing, before, after in moves if after < before]
