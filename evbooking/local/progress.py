"""One line per step with the time it took, readable in a terminal and in a log."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(text: str) -> None:
    """Print one line at once: whoever waits for `ready` may read from a pipe."""
    print(text, flush=True)  # noqa: T201


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a step and, when it is done, how long it took; on a terminal both share the line."""
    terminal = sys.stdout.isatty()
    if terminal:
        sys.stdout.write(f"  {title} … ")
        sys.stdout.flush()
    started = time.monotonic()
    try:
        yield
    except BaseException as end:
        outcome = "failed" if isinstance(end, Exception) else "interrupted"
        say(outcome if terminal else f"  {title}  {outcome}")
        raise
    seconds = f"{time.monotonic() - started:.1f} s"
    say(seconds if terminal else f"  {title}  {seconds}")
