"""A network's order of a short list, in EUR that anybody can add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bookings.ports import Ranked
from bookings.ranking.candidates import Candidate, Choice, RankingRequest
from bookings.ranking.rankers import scored
from scheduler_rl.arrays import Floats
from scheduler_rl.policies.features import EUR, Observation
from scheduler_rl.policies.network import Network
from scheduler_rl.serving.asking import sites_of
from scheduler_rl.serving.look import Asked, Options, first_ones, look
from scheduler_rl.serving.reasons import with_reasons
from scheduler_rl.serving.surroundings import Surroundings


class NotFinite(ArithmeticError):
    """Something that is no number came into the features, or out of the network."""


@dataclass(frozen=True, slots=True)
class View:
    """What any network sees of a request: at most 12 candidates and their features."""

    candidates: Sequence[Candidate]
    cost: Floats
    observation: Observation


def view_of(choice: Choice, asked: Asked, options: Options, around: Surroundings) -> View:
    """Raises NotFinite."""
    if not np.isfinite(around.bids).all():
        raise NotFinite("a shadow price is no number")
    which = first_ones(options, around)
    chosen = options.pick(which)
    observation = look(asked, chosen, around)
    if not (np.isfinite(observation.rows).all() and np.isfinite(observation.shared).all()):
        raise NotFinite("a feature is no number")
    return View([choice.candidates[i] for i in which], chosen.cost, observation)


def others_of(network: Network, view: View) -> Floats:
    """EUR that each candidate takes from others, more than the one that takes least, (K,).

    Q = -(own cost + what it takes from others)/10 + something all candidates share. Raises NotFinite.
    """
    q = network.q(view.observation)[0, : len(view.candidates)]
    if not np.isfinite(q).all():
        raise NotFinite("the network answers no number")
    taken = -EUR * q - view.cost
    return np.asarray(taken - taken.min())


def ranked_by(
    network: Network, view: View, request: RankingRequest, choice: Choice, *, most: int
) -> list[Ranked]:
    """The candidates by own cost plus what they take from others, each with its reasons. Raises NotFinite."""
    others = others_of(network, view).round(2).tolist()
    ranked = [
        replace(one, others=abs(its))
        for one, its in zip(scored(request, view.candidates), others, strict=True)
    ]
    least = min(ranked, key=lambda one: (one.score, one.others))
    ranked.sort(key=lambda one: (one.total, one.candidate.start, one.candidate.evse_uid))
    zones = [site.zone for site in sites_of(choice, [one.candidate for one in ranked])]
    return with_reasons(ranked, least, zones)[:most]
