"""Asking a ranker that may fail: what raises, cheats or dawdles is replaced by the default, and counted."""

from __future__ import annotations

import logging
from datetime import datetime
from itertools import pairwise
from time import monotonic
from typing import Final

from django.conf import settings
from prometheus_client import Counter

from bookings.ports import Answer, Ranked, SlotRanker, registered_ranker
from bookings.ranking.candidates import Choice, RankingRequest
from bookings.ranking.rankers import WeightedGreedy

logger = logging.getLogger(__name__)

MOST: Final = 12  # candidates of an answer, K of docs/recommender.md
FALLBACKS: Final = Counter(
    "evb_ranker_fallbacks_total", "Answers of a slot ranker that the default replaced", ["reason"]
)
_HALF_A_CENT: Final = 0.005


class CannotRank(Exception):
    """A ranker knows that it cannot answer; `reason` is a label of the metric."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def rank_slots(
    request: RankingRequest,
    choice: Choice,
    now: datetime,
    *,
    most: int = MOST,
    instead: SlotRanker | None = None,
) -> Answer:
    """The best `most` candidates in order, by the registered ranker, or by the one that answers `instead` of it.

    Without one, when it has no opinion or when its answer cannot be used, by weighted greedy.
    """
    ranker, default = instead or registered_ranker(), WeightedGreedy()
    if ranker is None or not choice.candidates:
        return default.rank(request, choice, now, most=most)
    begin = monotonic()
    try:
        answer = ranker.rank(request, choice, now, most=most)
    except CannotRank as error:
        logger.warning("The slot ranker cannot answer: %s", error)
        answer, reason = None, error.reason
    except Exception:
        logger.exception("The slot ranker failed")
        answer, reason = None, "raised"
    else:
        reason = "" if answer is None else fault_in(answer, choice, most)
        if (monotonic() - begin) * 1000 > settings.EVB_RANKER_BUDGET_MS:
            reason = "too_slow"
    if reason:
        FALLBACKS.labels(reason).inc()
    return answer if answer and not reason else default.rank(request, choice, now, most=most)


def fault_in(answer: Answer, choice: Choice, most: int) -> str:
    """Why an answer cannot be used, empty where it can: other candidates, or an order that its terms do not give."""
    given = {id(one) for one in choice.candidates}
    found = [id(one.candidate) for one in answer.ranked]
    if len(found) != min(most, len(given)) or len(set(found) & given) != len(found):
        return "wrong_candidates"
    totals = [one.total for one in answer.ranked]
    in_order = all(earlier <= later for earlier, later in pairwise(totals))
    return "" if in_order and all(map(_adds_up, answer.ranked)) else "hidden_steering"


def _adds_up(one: Ranked) -> bool:
    return abs(sum(one.terms) - one.score) < _HALF_A_CENT and one.others >= 0
