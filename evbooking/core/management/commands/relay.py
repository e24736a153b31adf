"""`manage.py relay`: the process that takes events to their subscribers and messages to their providers."""

import signal
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from evbooking.core.pumps import PumpRoom

# A pump that waits for the database takes the interpreter back after each answer: with Python's 5 ms, one that
# computes (composes thousands of mails) would make each of its queries that much longer.
SWITCH_S = 0.0005


class Command(BaseCommand):
    help = "Relays events and sends messages as soon as they are committed, until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--alive", type=Path, help="a file to touch while it listens, for health checks")

    def handle(self, *args: Any, alive: Path | None, **options: Any) -> None:
        sys.setswitchinterval(SWITCH_S)
        room = PumpRoom(alive=alive)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: room.stop())
        room.run()
