"""What a policy sees, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from scheduler_rl.arrays import Bools, Ints
from scheduler_rl.kernel.occupancy import Occupancy


class Situation(NamedTuple):
    """The requests to answer now, at most one per lane; lanes, request, row: shape (n,).

    row: where the lanes begin in `occupancy`. A policy may look at `Days.requests` of these and of earlier
    requests only.
    """

    occupancy: Occupancy
    lanes: Ints
    request: Ints
    row: Ints

    def only(self, which: Bools) -> Situation:
        return Situation(self.occupancy, self.lanes[which], self.request[which], self.row[which])


Chooser = Callable[[Situation], Ints]
"""The position in the menu of the option chosen for each request of a situation, or -1 to refuse; shape (n,)."""
