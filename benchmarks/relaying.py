"""The outbox: how soon a relay process queues what an event tells somebody, and how fast many events are relayed.

`python -m benchmarks.relaying EVENTS` measures on the database that DATABASE_URL names, in whose outbox there is
nothing else, and writes what it found as JSON.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evbooking.settings")
django.setup()

from django.db import connections, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from benchmarks.cases import Bench  # noqa: E402
from benchmarks.databases import ROOT, fresh  # noqa: E402
from benchmarks.load import offered  # noqa: E402
from benchmarks.report import Row  # noqa: E402
from evbooking.core import events  # noqa: E402
from evbooking.core.models import DomainEvent, EventDelivery  # noqa: E402
from evbooking.core.relay import relay  # noqa: E402
from evbooking.local.processes import wait_until  # noqa: E402
from notifications.models import Announcement  # noqa: E402
from notifications.services.announcing import Draft, announce  # noqa: E402

EVENTS = 10_000
CROWD = 10_000
SUBJECTS = 1_000
TOLD = 200
RATE = 20.0  # a second: no load, so that what is measured is the way and not a queue
TYPE = "outbox.failures"  # told to every administrator
DATA = {"dead": 0, "failed": 0}
TIMEOUT_S = 120


@dataclass(frozen=True, slots=True)
class Measured:
    """`waits_ms` from an event to its message, sorted; `crowded_ms` the same while `crowd` people are told something;
    `seconds` and `cpu_seconds` for `relayed` events, `disordered` of them.
    """

    waits_ms: list[float]
    crowded_ms: list[float]
    crowd: int
    seconds: float
    cpu_seconds: float
    relayed: int
    disordered: int


def relay_events(bench: Bench) -> list[Row]:
    """Both in a database of their own, by a process of its own."""
    command = [sys.executable, "-m", "benchmarks.relaying", str(bench.count(EVENTS))]
    output = subprocess.run(
        command, env=fresh("relay"), cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return rows(Measured(**json.loads(output)))


def rows(found: Measured) -> list[Row]:
    rate = found.relayed / found.seconds
    calm, crowded = _p95(found.waits_ms), _p95(found.crowded_ms)
    each = f"{found.cpu_seconds / found.relayed * 1000:.2f} ms of its CPU each"
    lost = f"{found.disordered} of {found.relayed:,}"
    return [
        Row("from commit to queued, p95", f"{calm:.0f} ms", "", "under 1,000 ms", calm < 1_000),
        Row(
            f"the same while {found.crowd:,} people are told something",
            f"{crowded:.0f} ms",
            "",
            "under 1,000 ms",
            crowded < 1_000,
        ),
        Row("events relayed by one process", f"{rate:,.0f}/s", each, "at least 1,000/s", rate >= 1_000),
        Row("events out of their subject's order", lost, "", "none", not found.disordered),
    ]


def measure(count: int, told: int, crowd: int, env: dict[str, str]) -> Measured:
    """Tell an administrator `told` events by a relay process with this environment, in calm and beside an announcement
    to `crowd` people; then relay `count` events here.
    """
    chief = User.objects.create(email="", name="The benchmark", is_staff=True)
    with _relay_process({**env, "EMAIL_URL": "dummymail://"}):
        calm = tell(told, "calm")
        _announce(chief, crowd)
        crowded = tell(told, "crowded")
    return Measured(calm, crowded, crowd, *drain(count))


def tell(count: int, prefix: str) -> list[float]:
    """Milliseconds from each event, which come RATE a second, to its message in the inbox; sorted."""
    jobs = [partial(_publish, prefix, range(number, number + 1)) for number in range(count)]
    offered([*jobs, connections.close_all], rate=RATE, clients=1)
    deliveries = EventDelivery.objects.filter(event__type=TYPE, subject__startswith=f"{prefix}:")
    queued = deliveries.exclude(done_at=None)
    if not wait_until(lambda: queued.count() == count, seconds=TIMEOUT_S):
        raise SystemExit(f"{queued.count()} of {count} events were told within {TIMEOUT_S} s.")
    times = queued.values_list("event__occurred_at", "done_at")
    return sorted((done - occurred).total_seconds() * 1000 for occurred, done in times if done)


def _announce(author: User, crowd: int) -> None:
    """Begin to tell so many people."""
    User.objects.bulk_create(
        User(email=f"{number}@crowd.example", name="One of many") for number in range(crowd)
    )
    draft = Draft(audience=Announcement.Audience.USERS, title="Maintenance", body="On Sunday night.")
    announce(draft, operator=None, actor=author, now=timezone.now())


def _p95(waits: list[float]) -> float:
    return waits[int(len(waits) * 0.95)]


def drain(count: int) -> tuple[float, float, int, int]:
    """Relay so many events of many subjects to one handler: seconds, CPU seconds, how many, how many out of order."""
    reached: dict[str, int] = {}
    broken: list[int] = []

    def note(event: DomainEvent) -> None:
        if event.sequence != reached.get(event.subject, 0) + 1:
            broken.append(event.pk)
        reached[event.subject] = event.sequence

    with _only_handler(note):
        for first in range(0, count, 500):
            _publish("drain", range(first, min(count, first + 500)))
        began, worked = time.perf_counter(), time.process_time()
        relayed = relay()
        return time.perf_counter() - began, time.process_time() - worked, relayed, len(broken)


@transaction.atomic
def _publish(prefix: str, numbers: range) -> None:
    for number in numbers:
        events.publish(TYPE, subject=f"{prefix}:{number % SUBJECTS:06}", data=DATA, now=timezone.now())


@contextmanager
def _only_handler(note: Callable[[DomainEvent], None]) -> Iterator[None]:
    """Nobody else listens meanwhile."""
    listening = events.handlers()
    others = dict(listening)
    listening.clear()
    events.subscribe(TYPE, handler="benchmarks.order")(note)
    try:
        yield
    finally:
        listening.clear()
        listening.update(others)


@contextmanager
def _relay_process(env: dict[str, str]) -> Iterator[None]:
    """A relay that listens already; stopped at the end."""
    with tempfile.TemporaryDirectory() as folder:
        alive = Path(folder) / "alive"
        command = [sys.executable, "manage.py", "relay", "--alive", str(alive)]
        process = subprocess.Popen(command, env=env, cwd=ROOT)
        try:
            if not wait_until(alive.exists, seconds=TIMEOUT_S):
                raise SystemExit("The relay did not come up.")
            yield
        finally:
            process.terminate()
            process.wait(30)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(measure(int(sys.argv[1]), TOLD, CROWD, dict(os.environ)))))
