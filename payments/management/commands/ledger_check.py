"""`manage.py ledger_check`: whether every cent is where the books say."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date

from payments.services.ledger_checks import run_ledger_check


class Command(BaseCommand):
    help = "Compares the ledger with bills, payments and Stripe's own lists. Exits 1, a line each, where they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since", help="compare Stripe's lists from this day (UTC) on; default: the last 60 days"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = run_ledger_check(timezone.now(), since=_day(options["since"]))
        for one in found:
            self.stdout.write(str(one))
        if found:
            raise CommandError(f"{len(found)} differences in the ledger.", returncode=1)
        self.stdout.write("The ledger is clean.")


def _day(text: str | None) -> datetime | None:
    if text is None:
        return None
    day = parse_date(text)
    if day is None:
        raise CommandError("--since takes a day as YYYY-MM-DD.", returncode=2)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
