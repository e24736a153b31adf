"""The table: what was measured, in words a reader can check, written to RESULTS.md."""

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import django
import psycopg

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what, ours, what it is held against, the bar, and whether it is met (None: no bar)."""

    what: str
    ours: str
    beside: str = ""
    bar: str = ""
    met: bool | None = None

    def as_markdown(self) -> str:
        verdict = {None: "", True: "met", False: "**missed**"}[self.met]
        return f"| {self.what} | {self.ours} | {self.beside} | {self.bar} | {verdict} |"


def write(sections: dict[str, list[Row]], server: str, sizes: str) -> str:
    """Write RESULTS.md and return its text."""
    intro = (
        f"By `python -m benchmarks` on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC. {_machine()}, PostgreSQL {server}, "
        f"Python {platform.python_version()}, Django {django.get_version()}, psycopg {psycopg.__version__}."
    )
    caveat = "Ratios were taken side by side in one run on one database; times on a shared machine vary, ratios less."
    lines = ["# Measured", "", intro, sizes, caveat]
    for title, rows in sections.items():
        lines += ["", f"## {title}", "", "| | ours | beside it | bar | |", "|---|---|---|---|---|"]
        lines += [row.as_markdown() for row in rows]
    text = "\n".join(lines) + "\n"
    RESULTS.write_text(text, encoding="utf-8")
    return text


def _machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB"
