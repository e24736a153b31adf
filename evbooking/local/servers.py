"""PostgreSQL and Redis together: those that the environment names, or our own while they are needed."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from evbooking.local.external import check_database, check_redis
from evbooking.local.places import Places
from evbooking.local.postgres import start_postgres
from evbooking.local.problems import Problem
from evbooking.local.processes import Child, stop
from evbooking.local.progress import step
from evbooking.local.redis_server import start_redis

MB = 1024 * 1024
NEEDED_BYTES = 300 * MB
STOP_SECONDS = 10


@dataclass
class Servers:
    """The two addresses, and the processes that are ours to watch and stop."""

    urls: dict[str, str] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)


@contextmanager
def open_servers(places: Places, *, settings: Sequence[str]) -> Iterator[Servers]:
    """Yield both servers, PostgreSQL of our own with `settings`; what was started is stopped at the end."""
    _check_disk(places)
    servers = Servers()
    with ExitStack() as cleanup:
        cleanup.callback(lambda: stop(servers.children, seconds=STOP_SECONDS))
        _open_database(places, servers, settings)
        _open_redis(places, servers)
        yield servers


def _open_database(places: Places, servers: Servers, settings: Sequence[str]) -> None:
    url = os.environ.get("DATABASE_URL")
    if url:
        with step("PostgreSQL of DATABASE_URL"):
            check_database(url)
    else:
        with step("PostgreSQL"):
            child, url = start_postgres(places, settings=settings)
        servers.children.append(child)
    servers.urls["DATABASE_URL"] = url


def _open_redis(places: Places, servers: Servers) -> None:
    url = os.environ.get("REDIS_URL")
    if url:
        with step("Redis of REDIS_URL"):
            check_redis(url)
    else:
        with step("Redis"):
            child, url = start_redis(places)
        servers.children.append(child)
    servers.urls["REDIS_URL"] = url


def _check_disk(places: Places) -> None:
    free = shutil.disk_usage(places.var).free
    if free < NEEDED_BYTES:
        raise Problem(
            f"the disk of {places.var} is full ({free // MB} MB free): free at least {NEEDED_BYTES // MB} MB"
        )
