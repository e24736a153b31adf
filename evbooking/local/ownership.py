"""Only one run per var/ folder at a time; the lock dies with its holder, so a killed run blocks nothing."""

import fcntl
import json
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from evbooking.local.places import Places
from evbooking.local.problems import Problem
from evbooking.local.processes import end_all, leftovers


@contextmanager
def own(places: Places) -> Iterator[None]:
    """Hold var/ alone, after ending what an earlier run left. Raises Problem while another run holds it."""
    places.run.mkdir(parents=True, exist_ok=True)
    with _lock_file(places).open("a+") as lock:
        if not _take(lock):
            holder = _lock_file(places).read_text()
            raise Problem(f"evbooking runs here already: use it, or stop it with kill {holder}")
        _lock_file(places).write_text(str(os.getpid()))
        end_all(lambda: leftovers(places), ask_with=signal.SIGTERM, seconds=5)
        _address_file(places).unlink(missing_ok=True)
        yield
        _address_file(places).unlink(missing_ok=True)


def publish_addresses(places: Places, urls: Mapping[str, str]) -> None:
    """Tell other commands of this checkout which servers run."""
    path = _address_file(places)
    path.touch(mode=0o600)
    path.write_text(json.dumps(dict(urls)))


def published_addresses(places: Places) -> dict[str, str] | None:
    """DATABASE_URL and REDIS_URL of the servers that a run of these places keeps up, or None."""
    path = _address_file(places)
    if not path.exists() or _is_free(places):
        return None
    addresses: dict[str, str] = json.loads(path.read_text())
    return addresses


def _is_free(places: Places) -> bool:
    with _lock_file(places).open("a+") as lock:
        return _take(lock)


def _take(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_file(places: Places) -> Path:
    return places.run / "lock"


def _address_file(places: Places) -> Path:
    return places.run / "servers.json"
