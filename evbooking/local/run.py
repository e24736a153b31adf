"""`make run`: everything together, until it is stopped or a part of it dies."""

import os
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence

from evbooking.local.environment import demo_environment
from evbooking.local.foreground import run_foreground
from evbooking.local.ownership import own, publish_addresses
from evbooking.local.payment_sandbox import banner, check_keys
from evbooking.local.places import CHECKOUT, Places
from evbooking.local.ports import Ports, check_free, read_ports
from evbooking.local.postgres import DURABLE
from evbooking.local.problems import Problem
from evbooking.local.processes import Child, stop, wait_until
from evbooking.local.progress import say, step
from evbooking.local.sandboxes import add_sandboxes
from evbooking.local.servers import open_servers
from evbooking.local.signals import Stopped
from evbooking.local.stack import start_stack

READY_SECONDS = 60
STOP_SECONDS = 5
DEMO_SIGN_INS = (
    "sign in as driver@example.org, operator@example.org or admin@example.org, password evbooking-demo"
)


def run(places: Places) -> int:
    """Start all, say `ready URL`, keep it up. Returns 0 when stopped, raises Problem if a part fails."""
    started = time.monotonic()
    ports = read_ports()
    check_keys()
    try:
        with own(places):
            check_free(ports)
            places.prepare()
            with open_servers(places, settings=DURABLE) as servers:
                add_sandboxes(places, ports, servers)
                publish_addresses(places, servers.urls)
                env = demo_environment(places, ports, servers.urls)
                prepare_database(places, env)
                _serve(places, ports, env, servers.children, started)
    except Stopped:
        say("stopped")
    return 0


def prepare_database(places: Places, env: Mapping[str, str]) -> None:
    """Migrations, static files and demo data, in one process of their own."""
    log = places.log / "prepare.log"
    command = [sys.executable, "-m", "evbooking.local.prepare", str(places.var)]
    with log.open("wb") as errors:
        code = run_foreground(command, env=env, cwd=CHECKOUT, stderr=errors)
    if code:
        raise Problem("the database could not be prepared", log=log)


def _serve(
    places: Places, ports: Ports, env: Mapping[str, str], servers: Sequence[Child], started: float
) -> None:
    _empty_run_folder(places)
    stack: list[Child] = []
    try:
        with step("web, live, relay, worker and beat"):
            stack.extend(start_stack(places, ports, env))
            _wait_until_ready(ports, [*servers, *stack])
        if says := banner(env):
            say(says)
        if env.get("EVB_DEMO") == "1":
            say(DEMO_SIGN_INS)
        say(f"started in {time.monotonic() - started:.1f} s, logs in {places.log}")
        say(f"ready {ports.url}")
        _wait_for_an_end([*servers, *stack])
    finally:
        stop(stack, seconds=STOP_SECONDS)


def _empty_run_folder(places: Places) -> None:
    """Forget the metrics and the schedule of processes that are gone."""
    metrics = places.run / "prometheus"
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir()
    for schedule in places.run.glob("beat-schedule*"):
        schedule.unlink()


def _wait_until_ready(ports: Ports, children: Sequence[Child]) -> None:
    def settled() -> bool:
        return any(child.has_ended() for child in children) or _is_ready(ports)

    in_time = wait_until(settled, seconds=READY_SECONDS)
    _raise_if_ended(children)
    if not in_time:
        web = next(child for child in children if child.name == "web")
        raise Problem(f"not ready after {READY_SECONDS} s: {_readiness(ports)}", log=web.log)


def _is_ready(ports: Ports) -> bool:
    return _readiness(ports) == "200" and _accepts(ports.live)


def _readiness(ports: Ports) -> str:
    """The status of /readyz, with what it says if it is not 200."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{ports.web}/readyz", timeout=5) as answer:
            return str(answer.status)
    except urllib.error.HTTPError as error:
        return f"/readyz answers {error.code} {error.read(300).decode(errors='replace')}"
    except OSError as error:
        return f"/readyz does not answer ({error})"


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _wait_for_an_end(children: Sequence[Child]) -> None:
    """Sleep until any child ends, then say which; a signal raises Stopped here."""
    os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    _raise_if_ended(children)


def _raise_if_ended(children: Sequence[Child]) -> None:
    for child in children:
        if child.has_ended():
            code = child.process.returncode
            how = f"ended with code {code}" if code >= 0 else f"was killed by {signal.Signals(-code).name}"
            raise Problem(f"{child.name} {how}: see {child.log}", log=child.log)
