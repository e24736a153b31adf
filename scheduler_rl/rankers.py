"""The SlotRanker port filled: the active network, the shadow prices of the installation, what is booked now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import numpy as np

from bookings.availability.busy import busy_spans
from bookings.ports import Answer
from bookings.ranking.candidates import Choice, RankingRequest, Site
from bookings.ranking.guard import CannotRank
from scheduler_rl.arrays import Floats
from scheduler_rl.kernel.occupancy import LONGEST
from scheduler_rl.loading import CannotLoad, Loaded, Versioned, answering
from scheduler_rl.models import PolicyVersion
from scheduler_rl.outlooks import Outlook, Outlooks
from scheduler_rl.policies.network import Network
from scheduler_rl.policies.seen import LOOKS_AHEAD_H
from scheduler_rl.serving.answering import NotFinite, View, ranked_by, view_of
from scheduler_rl.serving.asking import asked_of, options_of, quarter
from scheduler_rl.serving.look import Asked, Options
from scheduler_rl.serving.prior import read_prior
from scheduler_rl.serving.surroundings import QUARTER_S, Surroundings, Taken, by_slot, flat, free_slots
from scheduler_rl.worlds.city import SLOT_HOURS
from stations.local_time import instant_at, local_midnight

TOO_MANY: Final = 5_000  # candidates; thirty stations have some two thousand at most
_AHEAD: Final = round(max(LOOKS_AHEAD_H) / SLOT_HOURS)


class DQNRanker:
    """Answers with the network of the active PolicyVersion: two queries, one more per station new to the process."""

    def __init__(self) -> None:
        self._networks: Loaded[Network] = Loaded(
            lambda content, sha256: Network.from_bytes(content, sha256=sha256)
        )
        self._outlooks = Outlooks()

    def rank(self, request: RankingRequest, choice: Choice, now: datetime, *, most: int) -> Answer | None:
        """None without an active version. Raises CannotRank."""
        version = answering(PolicyVersion.Kind.RANKER)
        return None if version is None else self.rank_by(version, request, choice, now, most=most)

    def rank_by(
        self, version: Versioned, request: RankingRequest, choice: Choice, now: datetime, *, most: int
    ) -> Answer:
        """As a version would answer that need not be the active one. Raises CannotRank."""
        if len(choice.candidates) > TOO_MANY:
            raise CannotRank("too_many", f"{len(choice.candidates)} candidates")
        try:
            network = self._networks.of(version)
            view = self.view(network, request, choice, now)
            ranked = ranked_by(network, view, request, choice, most=most)
        except CannotLoad as error:
            raise CannotRank(error.reason, str(error)) from error
        except NotFinite as error:
            raise CannotRank("not_finite", str(error)) from error
        return Answer(ranked, name_of(version))

    def view(self, network: Network, request: RankingRequest, choice: Choice, now: datetime) -> View:
        """What a network sees: one query for what is booked. Raises NotFinite."""
        zone = choice.sites[0].zone
        midnight = quarter(local_midnight(zone, request.earliest.astimezone(zone).date()))
        asked = asked_of(request, choice, now, midnight)
        options = options_of(request, choice, midnight)
        around = self._around(network, choice, asked, options, midnight, now)
        return view_of(choice, asked, options, around)

    def _around(
        self, network: Network, choice: Choice, asked: Asked, options: Options, midnight: int, now: datetime
    ) -> Surroundings:
        sites, asking = choice.sites, int(np.ceil(asked.ask))
        first = min(asking, int(options.start.min()) - LONGEST)
        last = max(asking + _AHEAD, int((options.start + options.length).max()) + LONGEST)
        slots = last + 1 - first
        capacity = np.array([len(site.evse_ids) for site in sites])
        prices, demand = self._expected(sites, now)
        monday = instant_at(midnight * QUARTER_S).astimezone(sites[0].zone).weekday()
        return Surroundings(
            xy=flat([(site.latitude, site.longitude) for site in sites]),
            capacity=capacity,
            dc=np.array([site.is_dc for site in sites]),
            first=first,
            free=free_slots(
                capacity, _taken(sites, midnight + first, slots, now), begin=midnight + first, slots=slots
            ),
            bids=by_slot(prices * network.facts["bid_factor"], monday, first, slots),
            demand=demand[int(asked.weekend)].sum(axis=0),
        )

    def _expected(self, sites: Sequence[Site], now: datetime) -> tuple[Floats, Floats]:
        """Shadow prices, (2, S, 96), and sessions by hour, (2, S, 24); the prior for who has no history yet."""
        prior, known = read_prior(), self._outlooks.of([site.station_id for site in sites], now)
        connectors: Counter[UUID] = Counter()
        for site in sites:
            connectors[site.station_id] += len(site.evse_ids)
        found = []
        for site in sites:
            count, own = len(site.evse_ids), known.get(site.station_id)
            if own is None:
                found.append(Outlook(prior.prices, prior.demand * count))
            else:
                found.append(Outlook(own.prices, own.demand * count / connectors[site.station_id]))
        return np.stack([one.prices for one in found], axis=1), np.stack(
            [one.demand for one in found], axis=1
        )


@dataclass(frozen=True, slots=True)
class OneVersion:
    """A ranker that answers with one version, active or not."""

    ranker: DQNRanker
    version: Versioned

    def rank(self, request: RankingRequest, choice: Choice, now: datetime, *, most: int) -> Answer:
        return self.ranker.rank_by(self.version, request, choice, now, most=most)


def name_of(version: Versioned) -> str:
    """As the API's `model` reads it: name, version and sha256, parted by spaces."""
    return f"{version.name} {version.version} {version.sha256}"


def _taken(sites: Sequence[Site], begin: int, slots: int, now: datetime) -> Taken:
    evse_ids = [evse_id for site in sites for evse_id in site.evse_ids]
    site_of = np.repeat(np.arange(len(sites)), [len(site.evse_ids) for site in sites])
    busy = busy_spans(
        evse_ids, instant_at(begin * QUARTER_S), instant_at((begin + slots) * QUARTER_S), now=now
    )
    return Taken(site_of[busy.unit], busy.begin, busy.end)
