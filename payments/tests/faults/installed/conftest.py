"""An installation as processes: web, relay and Redis, with a sandbox that tells it of all that happens."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pytest_django import Settings

from accounts.models import User
from payments.sandbox.tests.running import SECRET, Running, start
from payments.tests.conftest import use
from payments.tests.faults.installed.processes import OwnRedis, free_port, installation
from payments.tests.paying import WEBHOOK
from tests.sessions import session_key


@pytest.fixture
def own_redis() -> Iterator[OwnRedis]:
    server = OwnRedis(free_port())
    server.start()
    yield server
    server.kill()


@pytest.fixture
def web_port() -> int:
    return free_port()


@pytest.fixture
def own_sandbox(web_port: int, settings: Settings) -> Iterator[Running]:
    """A sandbox that tells the web process, at once, of all that happens."""
    running = start("--webhook-url", f"http://127.0.0.1:{web_port}{WEBHOOK}", "--webhook-secret", SECRET)
    yield use(running, settings)
    running.stop()


@pytest.fixture
def said(tmp_path: Path) -> Path:
    """Where everything stands that web and relay have said."""
    return tmp_path / "said.log"


@pytest.fixture
def app(
    own_redis: OwnRedis, own_sandbox: Running, web_port: int, driver: User, said: Path
) -> Iterator[httpx.Client]:
    """The driver's app at a running installation."""
    signed_in = {"X-Session-Token": session_key(driver)}
    with (
        installation(web_port, own_redis.url, said) as address,
        httpx.Client(base_url=f"{address}/api/v1", headers=signed_in, timeout=30) as client,
    ):
        yield client
