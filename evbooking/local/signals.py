"""Ctrl-C and SIGTERM become one exception, raised once: the way out is not interrupted a second time."""

import os
import signal
from types import FrameType

from evbooking.local.processes import die_with_parent


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


def stop_with_parent() -> None:
    """Stop when the process that started us (make) dies, however it dies."""
    die_with_parent(signal.SIGTERM, os.getppid())


def _raise(number: int, _frame: FrameType | None) -> None:
    for handled in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(handled, signal.SIG_IGN)
    raise Stopped(number)
