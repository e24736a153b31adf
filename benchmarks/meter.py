"""CPU and memory by process, from /proc: what the app used, what PostgreSQL used."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(slots=True)
class Used:
    """CPU seconds of the app's processes and of PostgreSQL's while something ran."""

    app: float = 0.0
    postgres: float = 0.0


class Meter:
    """Measures the processes below `web_pid` and below the server of this connection."""

    def __init__(self, web_pid: int | None, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        self._postmaster = _parent(int(str(row[0]))) if row else 0
        self._web_pid = web_pid

    @contextmanager
    def measure(self) -> Iterator[Used]:
        used = Used()
        before = self._app(), _tree_seconds(self._postmaster)
        yield used
        used.app, used.postgres = self._app() - before[0], _tree_seconds(self._postmaster) - before[1]

    def _app(self) -> float:
        return _tree_seconds(self._web_pid) if self._web_pid else 0.0


def memory_mb(pid: int) -> float:
    """The largest resident set of the processes below `pid`, in MB."""
    pages = [int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in _tree(pid)]
    return max(pages) * PAGE / 1e6


def _tree_seconds(root: int) -> float:
    """CPU of all processes below root; what ended ones used is counted at their parents."""
    return sum(_seconds(pid) for pid in _tree(root))


def _tree(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            children.setdefault(_parent(int(entry.name)), []).append(int(entry.name))
    found, todo = [], [root]
    while todo:
        found.append(pid := todo.pop())
        todo.extend(children.get(pid, []))
    return found


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ["X", *["0"] * 20]


def _parent(pid: int) -> int:
    return int(_stat(pid)[1])


def _seconds(pid: int) -> float:
    return sum(int(part) for part in _stat(pid)[11:15]) / TICKS
