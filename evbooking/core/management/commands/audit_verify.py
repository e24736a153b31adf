"""`manage.py audit_verify`: is the audit what was written?"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from evbooking.core.models import AuditSeal
from evbooking.core.seals import anchor, first_broken, oldest_unsealed_age


class Command(BaseCommand):
    help = (
        "Checks every audit entry against its seal; names the first broken or missing one and exits with 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchor",
            default="",
            metavar="POSITION:DIGEST",
            help="an anchor from the worker's log or an earlier run that the chain must still contain",
        )

    def handle(self, *args: Any, anchor: str, **options: Any) -> None:
        finding = first_broken(anchor)
        age = oldest_unsealed_age(timezone.now())
        waiting = (
            f"the oldest unsealed entry is {age.total_seconds():.0f} s old" if age else "none is unsealed"
        )
        if finding:
            self.stderr.write(f"broken: {finding}; {waiting}")
            sys.exit(1)
        self.stdout.write(f"unbroken: {_state()}; {waiting}")


def _state() -> str:
    last = AuditSeal.objects.order_by("-position").first()
    return f"{last.position} entries sealed, anchor {anchor(last)}" if last else "no entry is sealed yet"
