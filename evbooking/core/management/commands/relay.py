"""`manage.py relay`: the process that takes events to their subscribers and messages to their providers."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from evbooking.core.pumps import PumpRoom


class Command(BaseCommand):
    help = "Relays events and sends messages as soon as they are committed, until it is stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        room = PumpRoom()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: room.stop())
        room.run()
