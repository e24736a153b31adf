"""Playing days under a policy, all days side by side."""

from __future__ import annotations

from time import perf_counter
from typing import NamedTuple

import numpy as np

from scheduler_rl.arrays import Bools, Floats, Ints
from scheduler_rl.kernel.days import Days
from scheduler_rl.kernel.disturbances import Disturbances, Unrest
from scheduler_rl.kernel.occupancy import WIDTH, Occupancy
from scheduler_rl.kernel.order import Order, choose_first
from scheduler_rl.kernel.situation import Chooser, Situation


class Outcome(NamedTuple):
    """What became of each request; (N,).

    cost: EUR; option: position in the menu, -1 refused; waiting: EUR per day, (D,), of those whose connector was
    not free when it should have been; seconds: what all decisions of the policy took; decisions: how many.
    """

    cost: Floats
    option: Ints
    waiting: Floats
    seconds: float
    decisions: int

    @property
    def ms_per_decision(self) -> float:
        return 1000 * self.seconds / max(self.decisions, 1)


class Play:
    """Days being played: the state that a policy changes step by step."""

    def __init__(self, days: Days, disturbances: Disturbances | None = None) -> None:
        self.days = days
        self.occupancy = Occupancy.empty(days.sites, len(days))
        self.option = np.full(len(days.requests), -1)
        self._walk_in = Order.by(days.menu, days.menu.cost)
        self._unrest = Unrest(days, disturbances) if disturbances else None
        self._asks = days.asks

    def situation(self, step: int) -> Situation:
        """The `step`-th request of every day that has so many."""
        first = self.days.requests.first
        lanes = np.flatnonzero(first[:-1] + step < first[1:])
        if self._unrest:
            now = np.full(len(self.days), -WIDTH)
            now[lanes] = np.floor(self.days.requests.ask[first[lanes] + step])
            self._unrest.until(self.occupancy, now)
        return Situation(self.occupancy, lanes, first[lanes] + step, self.occupancy.rows(lanes))

    def asks(self, situation: Situation) -> Bools:
        """Which of its requests the policy answers, (n,)."""
        return self._asks[situation.request]

    def walk_in(self, situation: Situation) -> None:
        """Let walk-ins take what costs them least."""
        self._book(situation, choose_first(self._walk_in, situation), walk_in=True)

    def answer(self, situation: Situation, chosen: Ints) -> None:
        """Book the options chosen (menu positions, -1: refused)."""
        self._book(situation, chosen, walk_in=False)

    def _book(self, situation: Situation, chosen: Ints, *, walk_in: bool) -> None:
        menu, served = self.days.menu, chosen >= 0
        taken = chosen[served]
        place, length = menu.site[taken] * WIDTH + menu.start[taken], menu.length[taken]
        self.occupancy.take(situation.row[served] + place, length)
        self.option[situation.request] = chosen
        if self._unrest:
            lanes, request = situation.lanes[served], situation.request[served]
            self._unrest.booked(lanes, request, place, length, walk_in=walk_in)

    def costs(self) -> Floats:
        """EUR per request, (N,): of the option chosen, or of the refusal where there is none (yet)."""
        costs = self.days.menu.cost
        own = costs[self.option] if len(costs) else np.zeros(len(self.option))
        return np.where(self.option >= 0, own, self.days.requests.refusal)

    @property
    def waiting(self) -> Floats:
        """EUR per day, (D,), of waiting for occupied or broken connectors so far."""
        return self._unrest.waiting if self._unrest else np.zeros(len(self.days))

    def finish(self) -> None:
        """Let happen what is still to happen after the last request."""
        if self._unrest:
            self._unrest.until(self.occupancy, np.full(len(self.days), WIDTH))


def simulate(days: Days, chooser: Chooser, disturbances: Disturbances | None = None) -> Outcome:
    """Answer every request of every day in the order of asking; walk-ins take what costs them least."""
    play = Play(days, disturbances)
    decisions, seconds = 0, 0.0
    for step in range(int(np.diff(days.requests.first).max(initial=0))):
        situation = play.situation(step)
        asks = play.asks(situation)
        if not asks.all():
            play.walk_in(situation.only(~asks))
        if asks.any():
            mine = situation.only(asks)
            begin = perf_counter()
            chosen = chooser(mine)
            seconds += perf_counter() - begin
            decisions += len(chosen)
            play.answer(mine, chosen)
    play.finish()
    return Outcome(play.costs(), play.option, play.waiting, seconds, decisions)
