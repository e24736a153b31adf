"""Child processes that cannot outlive us, and finding those of a run that was killed."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evbooking.local.places import MARKER, Places
from evbooking.local.signals import signals_held

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.02
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Identity:
    """The user a process runs as; None keeps ours."""

    user: int
    group: int


@dataclass(frozen=True)
class Child:
    """A process we started, the leader of a group of its own."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals

    def has_ended(self) -> bool:
        """Whether it is gone, for whatever reason."""
        return self.process.poll() is not None


def die_with_parent(stop_signal: signal.Signals, parent: int) -> None:
    """Ask the kernel for `stop_signal` when process `parent` dies, even by kill -9 (see prctl(2))."""
    _libc.prctl(PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), stop_signal)


def stop_with_parent() -> None:
    """Stop when the process that started us (make) dies, however it dies."""
    die_with_parent(signal.SIGTERM, os.getppid())


def in_child(let_go: Callable[[], None], stop_signal: signal.Signals) -> Callable[[], None]:
    """What a child of ours does before its program: end the hold on signals, and die with us."""
    parent = os.getpid()

    def begin() -> None:
        let_go()
        die_with_parent(stop_signal, parent)

    return begin


def spawn(
    name: str,
    command: Sequence[str],
    *,
    places: Places,
    env: Mapping[str, str],
    cwd: Path,
    stop_signal: signal.Signals = signal.SIGTERM,
    identity: Identity | None = None,
) -> Child:
    """Start `command` in a group of its own, its output in var/log/NAME.log."""
    log = places.log / f"{name}.log"
    with log.open("ab") as output, signals_held() as let_go:
        process = subprocess.Popen(  # noqa: S603
            command,
            env={**env, MARKER: str(places.var)},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=identity.user if identity else None,
            group=identity.group if identity else None,
            extra_groups=[] if identity else None,
            preexec_fn=in_child(let_go, stop_signal),  # noqa: PLW1509 - we have no threads
        )
    return Child(name, process, log, stop_signal)


def stop(children: Sequence[Child], *, seconds: float) -> None:
    """End all children together: ask, wait `seconds`, then kill their whole groups."""
    for child in children:
        if not child.has_ended():
            child.process.send_signal(child.stop_signal)
    wait_until(lambda: all(child.has_ended() for child in children), seconds=seconds)
    for child in children:
        _signal_group(child.process.pid, signal.SIGKILL)
        child.process.wait()


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Whether `condition` became true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def leftovers(places: Places) -> list[int]:
    """Processes that an earlier, killed run of these places left: they carry our mark."""
    mark = f"{MARKER}={places.var}".encode()
    mine = {os.getpid(), os.getppid()}
    return [pid for pid in _pids() if pid not in mine and mark in _environment(pid)]


def living_in(folder: Path) -> list[int]:
    """Processes whose working directory is `folder`: servers live in their data."""
    return [pid for pid in _pids() if _working_directory(pid) == str(folder)]


def end_all(find: Callable[[], Iterable[int]], *, ask_with: signal.Signals, seconds: float) -> None:
    """End every process that `find` names: ask, wait until none is left, at last kill."""
    _signal_each(find(), ask_with)
    if not wait_until(lambda: not list(find()), seconds=seconds):
        _signal_each(find(), signal.SIGKILL)
        wait_until(lambda: not list(find()), seconds=seconds)


def _signal_each(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def _pids() -> Iterator[int]:
    return (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:  # gone, or another user's
        return []


def _working_directory(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/cwd")  # noqa: PTH115 - a deleted folder's link reads "… (deleted)"
    except OSError:
        return ""
