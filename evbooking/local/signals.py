"""Ctrl-C and SIGTERM become one exception, raised once: the way out is not interrupted a second time."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to stop. Like KeyboardInterrupt no Exception, so that no handler takes it."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def stop_on_signals() -> None:
    """Raise Stopped at the first SIGINT, SIGTERM or (unless ignored, as under nohup) SIGHUP."""
    signal.signal(signal.SIGINT, _raise)
    signal.signal(signal.SIGTERM, _raise)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _raise)


@contextmanager
def signals_held() -> Iterator[Callable[[], None]]:
    """Let signals to stop wait until the block ends, or until it calls what it is given.

    A fork needs it: Python runs callbacks of other modules (logging) around one and swallows what they
    raise, Stopped too. The child inherits the hold and has to end it for itself.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)

    def let_go() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    try:
        yield let_go
    finally:
        let_go()


def _raise(number: int, _frame: FrameType | None) -> None:
    for handled in STOPPING:
        signal.signal(handled, signal.SIG_IGN)
    raise Stopped(number)
