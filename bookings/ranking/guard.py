"""Asking a ranker that may fail: what raises, cheats or dawdles is replaced by the default, and counted."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from time import perf_counter
from typing import Final

from django.conf import settings
from prometheus_client import Counter

from bookings.ports import Ranked, SlotRanker, registered_ranker
from bookings.ranking.build import shortlist
from bookings.ranking.candidates import Candidate, RankingRequest, terms_of
from bookings.ranking.rankers import WeightedGreedy

logger = logging.getLogger(__name__)

MOST: Final = 12  # candidates a ranker is shown, K of docs/rl.md
FALLBACKS: Final = Counter(
    "evb_ranker_fallbacks_total", "Answers of a slot ranker that the default replaced", ["reason"]
)


def rank_slots(
    request: RankingRequest, candidates: Sequence[Candidate], now: datetime, *, most: int = MOST
) -> tuple[list[Ranked], str]:
    """The best `most` candidates in order, and the version of the ranker that put them so.

    The registered ranker chooses among the `most` that cost least by themselves; without one, or when it fails,
    the weighted greedy ranker answers.
    """
    default = WeightedGreedy()
    chosen = shortlist(candidates, terms_of(request, candidates).in_cents().score.tolist(), most=most)
    ranker = registered_ranker()
    if ranker is None:
        return default.rank(request, chosen, now), default.version
    reason, ranked = _ask(ranker, request, chosen, now)
    if reason is None:
        return ranked, ranker.version
    FALLBACKS.labels(reason).inc()
    return default.rank(request, chosen, now), default.version


def _ask(
    ranker: SlotRanker, request: RankingRequest, candidates: Sequence[Candidate], now: datetime
) -> tuple[str | None, list[Ranked]]:
    """Why the answer cannot be used (None: it can), and the answer."""
    begin = perf_counter()
    try:
        ranked = ranker.rank(request, list(candidates), now)
    except Exception:
        logger.exception("The slot ranker %s failed", ranker.version)
        return "raised", []
    if (perf_counter() - begin) * 1000 > settings.EVB_RANKER_BUDGET_MS:
        return "too_slow", []
    if sorted(id(one.candidate) for one in ranked) != sorted(map(id, candidates)):
        return "wrong_candidates", []
    return None, ranked
