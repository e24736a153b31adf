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
    _use_given(servers)
    with ExitStack() as cleanup:
        cleanup.callback(lambda: stop(servers.children, seconds=STOP_SECONDS))
        _start_own(places, servers, settings)
        yield servers


def _use_given(servers: Servers) -> None:
    """Take what the environment names, after a look at it: a mistake shows before anything is started."""
    for variable, name, check in (
        ("DATABASE_URL", "PostgreSQL", check_database),
        ("REDIS_URL", "Redis", check_redis),
    ):
        url = os.environ.get(variable)
        if url:
            with step(f"{name} of {variable}"):
                check(url)
            servers.urls[variable] = url


def _start_own(places: Places, servers: Servers, settings: Sequence[str]) -> None:
    if "DATABASE_URL" not in servers.urls:
        with step("PostgreSQL"):
            child, servers.urls["DATABASE_URL"] = start_postgres(places, settings=settings)
        servers.children.append(child)
    if "REDIS_URL" not in servers.urls:
        with step("Redis"):
            child, servers.urls["REDIS_URL"] = start_redis(places)
        servers.children.append(child)


def _check_disk(places: Places) -> None:
    free = shutil.disk_usage(places.var).free
    if free < NEEDED_BYTES:
        raise Problem(
            f"the disk of {places.var} is full ({free // MB} MB free): free at least {NEEDED_BYTES // MB} MB"
        )
