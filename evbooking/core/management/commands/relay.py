"""`manage.py relay`: the process that takes events to their subscribers and messages to their providers."""

import signal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from evbooking.core.pumps import PumpRoom


class Command(BaseCommand):
    help = "Relays events and sends messages as soon as they are committed, until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--alive", type=Path, help="a file to touch while it listens, for health checks")

    def handle(self, *args: Any, alive: Path | None, **options: Any) -> None:
        room = PumpRoom(alive=alive)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: room.stop())
        room.run()
