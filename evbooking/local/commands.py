"""The other commands: servers alone, a command beside servers, and cleaning up."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from evbooking.local.environment import demo_environment, test_environment
from evbooking.local.foreground import run_foreground
from evbooking.local.ownership import own, publish_addresses, published_addresses
from evbooking.local.payment_sandbox import check_keys
from evbooking.local.places import Places
from evbooking.local.ports import read_ports
from evbooking.local.postgres import DURABLE, THROWAWAY
from evbooking.local.postgres_home import remembered_outside
from evbooking.local.progress import say
from evbooking.local.run import prepare_database
from evbooking.local.sandboxes import add_sandboxes
from evbooking.local.servers import open_servers

TEMPORARY = "evb-exec-"


def services(places: Places) -> int:
    """Keep PostgreSQL and Redis of var/ up and print how to reach them, until stopped."""
    with own(places):
        places.prepare()
        with open_servers(places, settings=DURABLE) as servers:
            publish_addresses(places, servers.urls)
            for name, url in servers.urls.items():
                say(f"export {name}={url}")
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    return 1


def execute(command: Sequence[str]) -> int:
    """Run `command` with an empty PostgreSQL and Redis that live as long; returns its exit code."""
    with _temporary_places() as places:
        places.prepare()
        with open_servers(places, settings=THROWAWAY) as servers:
            return run_foreground(command, env=test_environment(servers.urls), cwd=Path.cwd())


def attach(places: Places, command: Sequence[str]) -> int:
    """Run `command` with the servers and data of var/, started if none run; returns its exit code."""
    ports = read_ports()
    check_keys()
    addresses = published_addresses(places)
    if addresses:
        return run_foreground(command, env=demo_environment(places, ports, addresses), cwd=Path.cwd())
    with own(places):
        places.prepare()
        with open_servers(places, settings=DURABLE) as servers:
            add_sandboxes(places, ports, servers)
            env = demo_environment(places, ports, servers.urls)
            prepare_database(places, env)
            return run_foreground(command, env=env, cwd=Path.cwd())


def clean(places: Places) -> int:
    """Delete the data, logs and settings of this checkout's local servers."""
    if places.var.exists():
        with own(places):
            outside = remembered_outside(places)
            if outside:
                shutil.rmtree(outside)
            shutil.rmtree(places.var)
    return 0


@contextmanager
def _temporary_places() -> Iterator[Places]:
    _forget_dead_runs()
    with tempfile.TemporaryDirectory(
        prefix=f"{TEMPORARY}{os.getpid()}-", ignore_cleanup_errors=True
    ) as folder:
        Path(folder).chmod(0o711)  # as root PostgreSQL runs as another user, who must get in
        yield Places(Path(folder))


def _forget_dead_runs() -> None:
    """Remove the folders of `exec` runs that were killed; their servers died with them."""
    for folder in Path(tempfile.gettempdir()).glob(f"{TEMPORARY}*"):
        pid = re.match(rf"{TEMPORARY}(\d+)-", folder.name)
        if pid and folder.stat().st_uid == os.geteuid() and not Path(f"/proc/{pid[1]}").exists():
            shutil.rmtree(folder, ignore_errors=True)
