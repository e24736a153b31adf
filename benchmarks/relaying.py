"""`python -m benchmarks.relaying [EVENTS]`: how fast the relay drains the outbox, and how soon it begins.

It works on a database of its own, beside the one DATABASE_URL names, so that nothing else is in the outbox.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evbooking.settings")

from benchmarks.report import Row

COUNT = 10_000
SUBJECTS = 1_000
LATENCIES = 400
PAUSE_S = 0.01
TYPE, HANDLER = (
    "outbox.failures",
    "notifications.failures",
)  # told to administrators, of whom there are none here
DATA = {"dead": 0, "failed": 0}


def drain(count: int) -> list[Row]:
    """All of `count` events over many subjects, to one handler that notes whether their order is kept."""
    from evbooking.core import events
    from evbooking.core.models import DomainEvent
    from evbooking.core.relay import relay

    reached: dict[str, int] = {}
    broken: list[int] = []
    events.handlers().clear()

    @events.subscribe(TYPE, handler="bench.order")
    def note(event: DomainEvent) -> None:
        if event.sequence != reached.get(event.subject, 0) + 1:
            broken.append(event.pk)
        reached[event.subject] = event.sequence

    _publish(count, "drain")
    started = time.monotonic()
    done = relay()
    rate = done / (time.monotonic() - started)
    return [
        Row("events relayed by one process", f"{rate:,.0f}/s", "", "at least 1,000/s", rate >= 1_000),
        Row("events out of their subject's order", f"{len(broken)} of {done:,}", "", "none", not broken),
    ]


def begin() -> list[Row]:
    """From the commit to the end of the delivery, with a relay process listening."""
    from evbooking.core.models import EventDelivery

    with _relay_process():
        for _ in range(LATENCIES):
            _publish(1, "begin")
            time.sleep(PAUSE_S)
        while EventDelivery.objects.filter(done_at=None).exists():
            time.sleep(PAUSE_S)
    waits = sorted(
        (done - occurred).total_seconds() * 1000
        for done, occurred in EventDelivery.objects.filter(handler=HANDLER).values_list(
            "done_at", "event__occurred_at"
        )
        if done is not None
    )
    p95 = waits[int(len(waits) * 0.95)]
    return [Row("from commit to delivery, p95", f"{p95:.0f} ms", "", "under 1,000 ms", p95 < 1_000)]


def _publish(count: int, prefix: str) -> None:
    from django.db import transaction
    from django.utils import timezone

    from evbooking.core.events import publish

    for first in range(0, count, 500):
        with transaction.atomic():
            for number in range(first, min(count, first + 500)):
                subject = f"{prefix}:{number % SUBJECTS:06}"
                publish(TYPE, subject=subject, data=DATA, now=timezone.now())


@contextmanager
def _relay_process() -> Iterator[None]:
    """A relay that listens already."""
    with tempfile.TemporaryDirectory() as folder:
        alive = Path(folder) / "alive"
        process = subprocess.Popen([sys.executable, "manage.py", "relay", "--alive", str(alive)])
        try:
            while not alive.exists():
                time.sleep(PAUSE_S)
            yield
        finally:
            process.terminate()
            process.wait(30)


def _own_database() -> None:
    """Name a fresh database in the environment, and migrate it."""
    import psycopg
    from django.conf import settings
    from psycopg import sql

    from benchmarks.databases import dsn_of

    name = f"{settings.DATABASES['default']['NAME']}_bench_relay"
    with psycopg.connect(dsn_of(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    os.environ["DATABASE_URL"] = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{name}"
    settings.DATABASES["default"]["NAME"] = name


def main() -> int:
    django.setup()
    _own_database()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    rows = [*begin(), *drain(count)]
    for row in rows:
        print(row.as_markdown())
    return 0 if all(row.met is not False for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
