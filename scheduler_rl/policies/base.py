"""The one interface of all policies."""

from __future__ import annotations

from typing import Protocol

from scheduler_rl.kernel.days import Days
from scheduler_rl.kernel.situation import Chooser


class Policy(Protocol):
    """Answers requests."""

    @property
    def name(self) -> str:
        """As in the command line and the report."""

    def begin(self, days: Days) -> Chooser:
        """Get ready for these days: what can be computed before they begin."""
