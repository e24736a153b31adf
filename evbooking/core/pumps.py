"""Pumps: work that waits in tables, done by the relay process as soon as a commit has added some.

A pump is a function that does what is due and returns how much that was. Whoever adds work calls `wake_after_commit`;
the relay process LISTENs, so that work is begun within milliseconds, and looks by itself every few seconds, so that
a lost notification only delays. Each pump has a thread of its own: a slow mail server holds back no other work.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psycopg
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.utils.module_loading import autodiscover_modules

logger = logging.getLogger(__name__)

CHANNEL = "evb_pumps"
OUTBOX = "outbox"
SWEEP_SECONDS = 5.0
POLL_SECONDS = 0.5  # how soon a stop is noticed
RECONNECT_SECONDS = 2.0

# A transaction of its own, after the commit: a NOTIFY inside it would make all commits of the database queue up
# (PostgreSQL holds one lock from there to the end of the commit), and this one need not wait for the disk either.
_NOTIFY = "SELECT set_config('synchronous_commit', 'off', true), pg_notify(%s, %s)"

Work = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Pump:
    """`work()` does what is due, in batches, and returns how much it did; it runs again at once unless that was 0."""

    name: str
    work: Work


_pumps: dict[str, Pump] = {}


def pump(name: str) -> Callable[[Work], Work]:
    """Register the decorated function as the pump `name`; two of one name are refused."""
    if name in _pumps:
        raise ValueError(f"Two pumps are named {name!r}.")

    def register(work: Work) -> Work:
        _pumps[name] = Pump(name, work)
        return work

    return register


def pumps() -> dict[str, Pump]:
    """All pumps by name. Loads the apps' modules `pumps`: what only the relay process needs in memory."""
    autodiscover_modules("pumps")
    return _pumps


def wake_after_commit(name: str) -> None:
    """Wake the pump `name` once when the transaction commits, however often this is called in it."""
    waker = _waker(name)
    if not any(entry[1] is waker for entry in connection.run_on_commit):
        transaction.on_commit(waker)


@cache
def _waker(name: str) -> Callable[[], None]:
    def wake() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(_NOTIFY, [CHANNEL, name])
        except DatabaseError as error:
            logger.warning("The pump %s was not woken, it will look by itself: %s", name, error)

    return wake


class PumpRoom:
    """All pumps of this process, each in its thread, and the listener that wakes them."""

    def __init__(self, chosen: dict[str, Pump] | None = None, *, alive: Path | None = None) -> None:
        """All pumps, or the chosen ones; the file `alive` is touched for as long as it listens."""
        self.stopped = threading.Event()
        self._alive = alive
        self._woken = {pump: threading.Event() for pump in (chosen or pumps()).values()}

    def run(self) -> None:
        """Work until `stop`, which a signal handler may call."""
        threads = [
            threading.Thread(target=self._work, args=(each,), name=f"pump-{each.name}")
            for each in self._woken
        ]
        for thread in threads:
            thread.start()
        while not self.stopped.is_set():
            self._listen()
        for thread in threads:
            thread.join()

    def stop(self) -> None:
        """Begin no further batch; `run` returns when those under way are done."""
        self.stopped.set()
        for woken in self._woken.values():
            woken.set()

    def _work(self, each: Pump) -> None:
        while not self.stopped.is_set():
            close_old_connections()
            if not self._once(each):
                self._woken[each].wait(SWEEP_SECONDS)
                self._woken[each].clear()
        connection.close()

    def _once(self, each: Pump) -> int:
        try:
            return each.work()
        except Exception:
            logger.exception("The pump %s failed and tries again in %s s", each.name, SWEEP_SECONDS)
            return 0

    def _listen(self) -> None:
        """Wake pumps by name as notifications come; returns when stopped or when the connection is lost."""
        parameters = {**connection.get_connection_params(), "autocommit": True}
        for own in ("context", "cursor_factory"):  # Django's adapters, which a bare LISTEN has no use for
            parameters.pop(own, None)
        try:
            with psycopg.connect(**parameters) as listener:
                listener.execute(f"LISTEN {CHANNEL}")
                self._wake_all()  # what was added while nobody listened
                while not self.stopped.is_set():
                    if self._alive:
                        self._alive.touch()
                    for notification in listener.notifies(timeout=POLL_SECONDS):
                        self._wake(notification.payload)
        except psycopg.Error as error:
            logger.warning("Not listening, trying again in %s s: %s", RECONNECT_SECONDS, error)
            self.stopped.wait(RECONNECT_SECONDS)

    def _wake(self, name: str) -> None:
        for each, woken in self._woken.items():
            if each.name == name:
                woken.set()

    def _wake_all(self) -> None:
        for woken in self._woken.values():
            woken.set()
