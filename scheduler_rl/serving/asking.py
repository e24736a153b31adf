"""A driver's request and its candidates in the units of the network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import ceil
from typing import Final

import numpy as np

from bookings.costs import Values
from bookings.ranking.candidates import Candidate, Choice, RankingRequest, Site, terms_of
from scheduler_rl.kernel.occupancy import LONGEST
from scheduler_rl.serving.look import Asked, Options
from scheduler_rl.serving.surroundings import QUARTER_S
from scheduler_rl.worlds.behaviour import BEHAVIOUR, WALK_IN
from scheduler_rl.worlds.city import SLOT_HOURS

_EARLIEST_ASK_H: Final = max(BEHAVIOUR.most_lead_h)
_WIDEST_WINDOW_H: Final = max(np.add(BEHAVIOUR.earlier_h, BEHAVIOUR.later_h))
_MINUTES: Final = 60


def asked_of(request: RankingRequest, choice: Choice, now: datetime, midnight: int) -> Asked:
    """The request; `midnight`: quarter hours of the epoch, of the day of the wished start.

    Who asks earlier, or for a wider window, than anybody in the world of the training counts as the extreme there.
    """
    values = Values.of(request.value_of_time_eur_h, request.preference)
    wish = quarter(request.earliest) - midnight
    ask = now.timestamp() / QUARTER_S - midnight
    window_h = (request.latest - request.earliest).total_seconds() / _MINUTES / _MINUTES
    return Asked(
        ask=float(np.clip(ask, wish - _EARLIEST_ASK_H / SLOT_HOURS, wish)),
        wish=wish,
        window_h=min(window_h, float(_WIDEST_WINDOW_H)),
        waiting=values.waiting,
        refusal=refusal_cost(values.waiting),
        energy=float(request.energy_kwh),
        takes_dc=any(one.is_dc for one in choice.candidates),
        weekend=request.earliest.astimezone(choice.sites[0].zone).weekday() >= 5,
    )


def refusal_cost(waiting_eur_h: float) -> float:
    """EUR that going without costs, read between the classes of the training by their value of time."""
    classes = [one for one in range(len(BEHAVIOUR.share)) if one != WALK_IN]
    points = sorted((BEHAVIOUR.waiting_eur_h[one], BEHAVIOUR.refusal_eur[one]) for one in classes)
    return float(np.interp(waiting_eur_h, [one for one, _ in points], [one for _, one in points]))


def options_of(request: RankingRequest, choice: Choice, midnight: int) -> Options:
    """All candidates; stays longer than six hours count as six hours."""
    terms = terms_of(request, choice.candidates)
    number = {_key(site): position for position, site in enumerate(choice.sites)}
    length = [ceil(one.hours / SLOT_HOURS) for one in choice.candidates]
    return Options(
        site=np.array([number[_key(one)] for one in choice.candidates]),
        start=np.array([quarter(one.start) - midnight for one in choice.candidates]),
        length=np.clip(length, 1, LONGEST),
        cost=terms.score,
        travel=terms.travel,
        waiting=terms.waiting,
    )


def quarter(instant: datetime) -> int:
    """The quarter hour of the epoch that holds an instant."""
    return int(instant.timestamp()) // QUARTER_S


def sites_of(choice: Choice, candidates: Sequence[Candidate]) -> list[Site]:
    """The site of each candidate."""
    sites = {_key(site): site for site in choice.sites}
    return [sites[_key(one)] for one in candidates]


def _key(one: Candidate | Site) -> tuple[object, ...]:
    return one.station_id, one.is_dc, one.power_kw
