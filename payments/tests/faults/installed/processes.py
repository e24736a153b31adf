"""The processes of an installation on a test's database: web, relay, and a Redis of their own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import redis
from django.conf import settings
from django.db import connection

from evbooking.local.processes import wait_until
from evbooking.local.redis_server import find_program
from payments.sandbox.tests.running import ROOT, SECRET

SECRET_KEY = "sk_test_never_in_a_log"


@dataclass
class OwnRedis:
    """A server on `port` that keeps nothing; started by `start`, ended by `kill`."""

    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        where = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", ""]
        self.process = subprocess.Popen([find_program(), *where], stdout=subprocess.DEVNULL)
        with redis.Redis.from_url(self.url) as client:
            assert wait_until(lambda: _answers(client), seconds=20)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(20)


@contextmanager
def installation(port: int, redis_url: str, log: Path) -> Iterator[str]:
    """Web on `port` and relay, all they say written to `log`; gives the address."""
    env = _environment(redis_url)
    web = [
        "granian",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--interface",
        "wsgi",
        "--blocking-threads",
        "2",
    ]
    commands = [["-m", *web, "--no-ws", "evbooking.wsgi:application"], ["manage.py", "relay"]]
    with log.open("w") as said:
        running = [
            subprocess.Popen([sys.executable, *command], env=env, cwd=ROOT, stdout=said, stderr=said)
            for command in commands
        ]
        address = f"http://127.0.0.1:{port}"
        try:
            assert wait_until(lambda: _serves(address), seconds=60), log.read_text()
            yield address
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(30)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def database_url() -> str:
    """The address of the test's own database, for another process."""
    own = connection.settings_dict
    host = str(own["HOST"]).replace("/", "%2F")
    account = f"{own['USER']}:{own['PASSWORD']}" if own["PASSWORD"] else own["USER"]
    return f"postgres://{account}@{host}:{own['PORT'] or 5432}/{own['NAME']}"


def _environment(redis_url: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "REDIS_URL": redis_url,
        "STRIPE_SECRET_KEY": SECRET_KEY,
        "STRIPE_PUBLISHABLE_KEY": "pk_test_any",
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "STRIPE_API_BASE": settings.STRIPE_API_BASE,
    }


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def _serves(address: str) -> bool:
    try:
        return httpx.get(f"{address}/livez").is_success
    except httpx.TransportError:
        return False
