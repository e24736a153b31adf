"""manage.py demo_data: a generated network with bookings, the same for the same seed and day."""

from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from evbooking.demo.commute import commute
from evbooking.demo.network import EXTENTS
from evbooking.demo.partners import add_partners
from evbooking.demo.play import play
from evbooking.demo.recommending import recommend_in_the_past
from evbooking.demo.sandbox import find_sandbox
from evbooking.demo.talk import talk
from evbooking.demo.waiting import wait
from evbooking.demo.write import is_there, write
from stations.models import Station


class Command(BaseCommand):
    help = (
        "Generate a network of our own: small (seconds), city (400 stations) or country (2 million bookings)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", choices=sorted(EXTENTS), default="small")
        parser.add_argument("--seed", type=int, default=1, help="another seed, another network (default 1)")
        parser.add_argument(
            "--at", type=_instant, default=None, help="what counts as now, ISO 8601 with offset"
        )
        parser.add_argument("--bookings", type=int, help="at most so many bookings, those nearest to now")
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there is any station")

    def handle(
        self,
        *,
        size: str,
        seed: int,
        at: datetime | None,
        bookings: int | None,
        if_empty: bool,
        **options: Any,
    ) -> None:
        if not settings.EVB_DEMO:
            raise CommandError(
                "Demo data bring sign-ins whose password is public: set EVB_DEMO=1 to have them."
            )
        if is_there(size) or (if_empty and Station.objects.exists()):
            self.stdout.write(
                f"The {size} network is already there." if is_there(size) else "There are stations."
            )
            return
        began = monotonic()
        extent = EXTENTS[size] if bookings is None else replace(EXTENTS[size], bookings=bookings)
        sandbox = find_sandbox()
        if sandbox is None:
            self.stdout.write("No payment sandbox answers here: all stations are paid at the charger.")
        now = at or timezone.now()
        with _Progress(extent.bookings) as progress:
            counts = write(extent, seed=seed, now=now, online=sandbox is not None, report=progress.begin)
            if sandbox is not None:
                progress.begin("payments")
                counts["paid online"] = play(sandbox, seed=seed, now=now)
        if size == "small":
            counts["dates of a commute"] = commute(now, online=sandbox is not None)
            counts["posts"] = talk(now)
            counts["people in line"] = wait(now)
            counts["announcements"] = add_partners(now)
            counts["ranked answers"] = recommend_in_the_past(seed=seed, now=now)
        summary = ", ".join(f"{count:,} {name}" for name, count in counts.items())
        self.stdout.write(f"Generated {summary} in {monotonic() - began:.0f} s.")


class _Progress:
    """One bar per step."""

    def __init__(self, total: int | None) -> None:
        self._total = total
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> "_Progress":
        return self

    def __exit__(self, *exc: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def begin(self, title: str) -> Callable[[int], object]:
        if self._bar is not None:
            self._bar.close()
        self._bar = tqdm(
            desc=title, unit=" rows", total=self._total if title == "bookings" else None, leave=False
        )
        return self._bar.update


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an offset is missing")
    return instant
