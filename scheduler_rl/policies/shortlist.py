"""The K candidates a learned or looking-ahead policy chooses from: the first free ones by cost plus shadow price."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from scheduler_rl.arrays import Bools, Ints
from scheduler_rl.kernel.order import Order, free_ones
from scheduler_rl.kernel.situation import Situation

CANDIDATES: Final = 12
_LOOK: Final = 64


class Shortlist(NamedTuple):
    """Candidates of each request, best first; all (n, K).

    entry: positions in the order (any one where there is none); there: whether the candidate is real.
    """

    entry: Ints
    there: Bools

    def none(self) -> Shortlist:
        """The same without any candidate."""
        return Shortlist(self.entry, np.zeros_like(self.there))

    def options(self, order: Order, choice: Ints) -> Ints:
        """The menu position of each choice 0..K, K being the refusal (-1); shape (n,)."""
        last = self.entry.shape[1] - 1
        chosen = self.entry[np.arange(len(choice)), np.minimum(choice, last)]
        return (
            np.where(choice > last, -1, order.option[chosen])
            if len(order.option)
            else np.full(len(choice), -1)
        )


def shortlist(order: Order, situation: Situation, *, candidates: int = CANDIDATES) -> Shortlist:
    """The first free options among the first 64 of `order`."""
    entry, free = free_ones(order, situation.request, situation.occupancy, situation.row, look=_LOOK)
    kept = np.argsort(~free, axis=1, kind="stable")[:, :candidates]
    return Shortlist(np.take_along_axis(entry, kept, axis=1), np.take_along_axis(free, kept, axis=1))
