"""The learned policy: the network's best candidate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduler_rl.arrays import Ints
from scheduler_rl.kernel.days import Days
from scheduler_rl.kernel.shadow import ShadowPrices
from scheduler_rl.kernel.situation import Chooser, Situation
from scheduler_rl.policies.features import observe
from scheduler_rl.policies.network import Network
from scheduler_rl.policies.ordered import bid_order
from scheduler_rl.policies.seen import Eyes
from scheduler_rl.policies.shortlist import shortlist


@dataclass(frozen=True, slots=True)
class Learned:
    """Chooses what the network values most; `shadow` are the plain LP prices of these sites."""

    network: Network
    shadow: ShadowPrices
    name: str = "dqn"

    def begin(self, days: Days) -> Chooser:
        shadow = self.shadow.times(self.network.facts["bid_factor"])
        order = bid_order(days, shadow)
        eyes = Eyes(days, order, shadow)

        def choose(situation: Situation) -> Ints:
            short = shortlist(order, situation)
            seen = observe(eyes.request(situation), eyes.candidates(situation, short))
            return short.options(order, np.argmax(self.network.q(seen), axis=1))

        return choose
