"""A short list that keeps every kind of slot before the second best of one."""

from __future__ import annotations

from collections.abc import Sequence

from bookings.ranking.candidates import Candidate


def shortlist(candidates: Sequence[Candidate], costs: Sequence[float], *, most: int) -> list[Candidate]:
    """At most `most` candidates: the best of each connector class of each station first, then the next best."""
    order = sorted(
        range(len(candidates)), key=lambda i: (costs[i], candidates[i].start, candidates[i].evse_uid)
    )
    seen: set[tuple[object, ...]] = set()
    first: list[int] = []
    rest: list[int] = []
    for i in order:
        one = candidates[i]
        kind = (one.station_id, one.is_dc, one.power_kw)
        (rest if kind in seen else first).append(i)
        seen.add(kind)
    chosen = set((first + rest)[:most])
    return [candidates[i] for i in order if i in chosen]
