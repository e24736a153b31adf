"""The processes of evbooking itself, as `make run` starts them; docker-compose.yml has the same five."""

import sys
from collections.abc import Iterator, Mapping, Sequence

from evbooking.local.places import CHECKOUT, Places
from evbooking.local.ports import Ports
from evbooking.local.processes import Child, spawn

WEB_WORKERS = 2
WEB_THREADS = 4  # per worker: each holds one database connection


def start_stack(places: Places, ports: Ports, env: Mapping[str, str]) -> Iterator[Child]:
    """Start web, live, relay, worker and beat one after the other, yielding each as soon as it can be stopped."""
    for name, command in _commands(places, ports).items():
        yield spawn(name, [sys.executable, "-m", *command], places=places, env=env, cwd=CHECKOUT)


def _commands(places: Places, ports: Ports) -> dict[str, Sequence[str]]:
    return {
        "web": _web(ports),
        "live": _live(ports),
        "relay": ("django", "relay", "--settings", "evbooking.settings"),
        "worker": _worker(),
        "beat": _beat(places),
    }


def _web(ports: Ports) -> Sequence[str]:
    size = ("--workers", str(WEB_WORKERS), "--blocking-threads", str(WEB_THREADS))
    end = ("--workers-kill-timeout", "3", "--no-ws")
    where = ("--host", "127.0.0.1", "--port", str(ports.web))
    return ("granian", "--interface", "wsgi", *where, *size, *end, "evbooking.wsgi:application")


def _live(ports: Ports) -> Sequence[str]:
    end = ("--timeout-graceful-shutdown", "2", "--no-access-log")  # an open stream would keep it for ever
    where = ("--host", "127.0.0.1", "--port", str(ports.live))
    return ("uvicorn", *where, *end, "evbooking.live.asgi:application")


def _worker() -> Sequence[str]:
    quiet = ("--without-gossip", "--without-mingle")
    return ("celery", "-A", "evbooking", "worker", "--loglevel", "info", "--concurrency", "2", *quiet)


def _beat(places: Places) -> Sequence[str]:
    schedule = places.run / "beat-schedule"
    return (
        "celery",
        "-A",
        "evbooking",
        "beat",
        "--loglevel",
        "info",
        "--schedule",
        str(schedule),
        "--pidfile=",
    )
