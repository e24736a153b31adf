"""What the launcher says when it cannot go on."""

from pathlib import Path


class Problem(Exception):
    """A mistake or a lack that its one-line message tells a person how to put right; never a traceback.

    `log` names a file whose last lines say more, `exit_code` what the launcher answers its caller.
    """

    def __init__(self, message: str, *, log: Path | None = None, exit_code: int = 1) -> None:
        super().__init__(message)
        self.log = log
        self.exit_code = exit_code


def tail(log: Path, *, lines: int = 12) -> str:
    """The last lines of a log file, or an empty text where there is none."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
