"""Two lists of one thing: what is in only one of them, and what has two amounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from evbooking.core.money import Money
from payments.ledger.checking.difference import Difference

BATCH: Final = 100  # also the longest page of Stripe's lists
Amounts = dict[str, Money | None]


@dataclass(frozen=True, slots=True)
class Listed:
    """An object as Stripe lists it: seconds since 1970, and None where only its being there is compared."""

    id: str
    money: Money | None
    created: int


def compare(
    kind: str,
    listed: Iterable[Listed],
    *,
    known: Callable[[list[str]], Amounts],
    expected: Iterable[tuple[str, Money | None]],
    settled: datetime,
) -> Iterator[Difference]:
    """`known` are our amounts of these ids, `expected` what of ours must be in the list.

    What Stripe made after `settled` need not be here yet.
    """
    seen: set[str] = set()
    for batch in batches(listed):
        ours = known([one.id for one in batch])
        seen.update(one.id for one in batch)
        for one in batch:
            if one.id in ours and ours[one.id] != one.money:
                yield Difference(kind, one.id, f"Stripe says {one.money}, we say {ours[one.id]}")
            elif one.id not in ours and one.created < settled.timestamp():
                yield Difference(kind, one.id, f"Stripe has {one.money or 'it'}, we do not")
    for id_, money in expected:
        if id_ not in seen:
            yield Difference(kind, id_, f"we have {money or 'it'}, Stripe does not")


def batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    """The items in lists of BATCH."""
    remaining = iter(items)
    while batch := list(islice(remaining, BATCH)):
        yield batch
