"""How recommendations did: how many were taken, what they were to cost and what they cost."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Avg, Count, Q
from django.db.models.functions import TruncWeek

from scheduler_rl.models import RankedDecision


class Week(NamedTuple):
    """Answers of one week (its Monday, UTC): how many, the shares of settled ones that were taken, and taken as
    first, None without any; EUR expected and realised of those that ended in a visit, None without any.
    """

    monday: date
    answers: int
    taken: float | None
    first: float | None
    visits: int
    expected: float | None
    realised: float | None


def weeks_since(since: datetime, arm: RankedDecision.Arm | None = None) -> list[Week]:
    """The weeks with answers, the oldest first; of one arm, or of all."""
    settled, visited = Q(settled_at__isnull=False), Q(realised_cost__isnull=False)
    answers = RankedDecision.objects.filter(at__gte=since)
    rows = (
        (answers.filter(arm=arm) if arm else answers)
        .annotate(week=TruncWeek("at"))
        .order_by("week")
        .values("week")
        .annotate(
            answers=Count("pk"),
            settled=Count("pk", filter=settled),
            taken=Count("pk", filter=settled & Q(taken_position__isnull=False)),
            first=Count("pk", filter=settled & Q(taken_position=0)),
            visits=Count("pk", filter=visited),
            expected=Avg("expected_cost", filter=visited),
            realised=Avg("realised_cost", filter=visited),
        )
    )
    return [
        Week(
            monday=row["week"].date(),
            answers=row["answers"],
            taken=_share(row["taken"], row["settled"]),
            first=_share(row["first"], row["settled"]),
            visits=row["visits"],
            expected=None if row["expected"] is None else float(row["expected"]),
            realised=None if row["realised"] is None else float(row["realised"]),
        )
        for row in rows
    ]


def arms_since(since: datetime) -> dict[str, Week]:
    """All weeks together, by arm; `monday` is the day of `since`."""
    found = {arm: weeks_since(since, arm) for arm in RankedDecision.Arm}
    return {arm.label: _together(weeks, since.date()) for arm, weeks in found.items() if weeks}


def _together(weeks: list[Week], since: date) -> Week:
    def mean(name: str, weight: str) -> float | None:
        known = [
            (getattr(one, name), getattr(one, weight)) for one in weeks if getattr(one, name) is not None
        ]
        total = sum(count for _, count in known)
        return sum(value * count for value, count in known) / total if total else None

    return Week(
        monday=since,
        answers=sum(one.answers for one in weeks),
        taken=mean("taken", "answers"),
        first=mean("first", "answers"),
        visits=sum(one.visits for one in weeks),
        expected=mean("expected", "visits"),
        realised=mean("realised", "visits"),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
