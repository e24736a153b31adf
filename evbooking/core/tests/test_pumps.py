"""Pumps: work is begun as soon as it is committed, by whoever listens; each pump in a thread of its own."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction

from evbooking.core import pumps
from evbooking.core.events import publish
from evbooking.core.models import DomainEvent, EventSubject
from evbooking.core.pumps import CHANNEL, Pump, PumpRoom, pump, wake_after_commit

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
PATIENCE_SECONDS = 60.0
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def listener() -> Iterator[psycopg.Connection]:
    """A connection of its own that hears what a relay would hear."""
    parameters = {**connection.get_connection_params(), "autocommit": True}
    for own in ("context", "cursor_factory"):
        parameters.pop(own, None)
    with psycopg.connect(**parameters) as opened:
        opened.execute(f"LISTEN {CHANNEL}")
        yield opened


def heard(listener: psycopg.Connection) -> list[str]:
    """The payloads of all that was notified before now."""
    listener.execute("NOTIFY evb_pumps, 'end'")
    found: list[str] = []
    for notification in listener.notifies(timeout=PATIENCE_SECONDS):
        if notification.payload == "end":
            return found
        found.append(notification.payload)
    raise AssertionError("not even our own notification came")


def publish_held(*subjects: str) -> None:
    with transaction.atomic():
        for subject in subjects:
            publish("booking.held", subject=subject, data={}, now=NOW)


def test_a_commit_wakes_the_outbox_once_however_many_events_it_has(
    listener: psycopg.Connection,
) -> None:
    publish_held("b:1", "b:2", "b:3")
    assert heard(listener) == ["outbox"]
    publish_held("b:4")
    assert heard(listener) == ["outbox"]


def test_a_rolled_back_event_wakes_nobody(listener: psycopg.Connection) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publish("booking.held", subject="b:1", data={}, now=NOW)
        raise ZeroDivisionError
    assert heard(listener) == []


def test_an_event_after_a_rolled_back_savepoint_still_wakes(listener: psycopg.Connection) -> None:
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            publish("booking.held", subject="b:1", data={}, now=NOW)
            raise ZeroDivisionError
        publish("booking.held", subject="b:2", data={}, now=NOW)
    assert heard(listener) == ["outbox"]


def test_each_pump_is_woken_by_its_own_name(listener: psycopg.Connection) -> None:
    with transaction.atomic():
        wake_after_commit("test.one")
        wake_after_commit("test.two")
        wake_after_commit("test.one")
    assert heard(listener) == ["test.one", "test.two"]


def test_two_pumps_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pumps, "_pumps", {})
    pump("test.same")(lambda: 0)
    with pytest.raises(ValueError, match=r"test\.same"):
        pump("test.same")


class Worker:
    """A pump whose runs can be waited for."""

    def __init__(self, name: str, act: Callable[[], int] = lambda: 0) -> None:
        self.pump = Pump(name, self)
        self.act = act
        self.ran = threading.Semaphore(0)

    def __call__(self) -> int:
        try:
            return self.act()
        finally:
            self.ran.release()

    def wait(self) -> bool:
        """Whether it has run once more."""
        return self.ran.acquire(timeout=PATIENCE_SECONDS)


@pytest.fixture
def room() -> Iterator[Callable[..., PumpRoom]]:
    """`room(worker, …)` runs these pumps until the test ends."""
    opened: list[tuple[PumpRoom, threading.Thread]] = []

    def open_room(*workers: Worker) -> PumpRoom:
        made = PumpRoom({worker.pump.name: worker.pump for worker in workers})
        thread = threading.Thread(target=made.run)
        thread.start()
        opened.append((made, thread))
        return made

    yield open_room
    for made, thread in opened:
        made.stop()
        thread.join()


@pytest.fixture
def _never_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pumps, "SWEEP_SECONDS", 3600.0)


def settle(worker: Worker) -> None:
    """Let pass the look at the beginning and the one when the listener is there."""
    assert worker.wait()
    assert worker.wait()


@pytest.mark.usefixtures("_never_by_itself")
def test_a_commit_runs_the_pump_it_names(room: Callable[..., PumpRoom]) -> None:
    woken, other = Worker("test.woken"), Worker("test.other")
    room(woken, other)
    settle(woken)
    settle(other)
    with transaction.atomic():
        wake_after_commit("test.woken")
    assert woken.wait()
    assert not other.ran.acquire(blocking=False)


@pytest.mark.usefixtures("_never_by_itself")
def test_a_pump_runs_on_while_there_is_work(room: Callable[..., PumpRoom]) -> None:
    left = [3, 2, 1]
    worker = Worker("test.busy", lambda: left.pop() if left else 0)
    room(worker)
    for _ in range(4):
        assert worker.wait()
    assert left == []


@pytest.mark.usefixtures("_never_by_itself")
def test_a_slow_pump_does_not_hold_back_another(room: Callable[..., PumpRoom]) -> None:
    release = threading.Event()
    slow, quick = Worker("test.slow", lambda: int(release.wait(PATIENCE_SECONDS)) and 0), Worker("test.quick")
    room(slow, quick)
    settle(quick)
    with transaction.atomic():
        wake_after_commit("test.quick")
    assert quick.wait()
    release.set()


def test_a_pump_that_fails_is_tried_again(
    room: Callable[..., PumpRoom], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pumps, "SWEEP_SECONDS", 0.01)
    worker = Worker("test.broken", lambda: 1 // 0)
    room(worker)
    assert all(worker.wait() for _ in range(3))


def test_a_lost_connection_is_opened_again(
    room: Callable[..., PumpRoom], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pumps, "SWEEP_SECONDS", 3600.0)
    monkeypatch.setattr(pumps, "RECONNECT_SECONDS", 0.01)
    worker = Worker("test.woken")
    room(worker)
    settle(worker)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE query = 'LISTEN evb_pumps' AND datname = current_database()"
        )
        assert cursor.fetchone()[0] == 1
    assert worker.wait()  # looks once it listens again


def test_the_relay_process_takes_an_event_to_its_handlers_and_stops_when_told() -> None:
    """The command itself, as a process, on this test's database."""
    environment = {**os.environ, "DATABASE_URL": _test_url(), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    root = Path(settings.BASE_DIR)
    process = subprocess.Popen([sys.executable, "manage.py", "relay"], env=environment, cwd=root)
    try:
        publish_held("b:1")
        deadline = threading.Event()
        for _ in range(int(PATIENCE_SECONDS * 10)):
            if not DomainEvent.objects.filter(dispatched_at=None).exists():
                break
            deadline.wait(0.1)
        assert not DomainEvent.objects.filter(dispatched_at=None).exists()
        assert EventSubject.objects.get().last == 1
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE_SECONDS) == 0


def _test_url() -> str:
    database = connection.settings_dict
    host = str(database["HOST"]).replace("/", "%2F")
    return f"postgres://{database['USER']}@{host}:{database['PORT'] or 5432}/{database['NAME']}"
