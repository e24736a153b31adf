"""The command line: ``python -m evbooking.local run|services|exec|attach|clean``."""

import argparse
import errno
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from evbooking.local.commands import attach, clean, execute, services
from evbooking.local.places import CHECKOUT, Places
from evbooking.local.problems import Problem, tail
from evbooking.local.processes import stop_with_parent
from evbooking.local.run import run
from evbooking.local.signals import Stopped, stop_on_signals


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, act, and turn every expected mishap into one line on standard error."""
    options = _parser().parse_args(arguments)
    stop_on_signals()
    if options.with_parent:
        stop_with_parent()
    try:
        return _action(options)()
    except Stopped as stopped:
        return 128 + stopped.number
    except Problem as problem:
        return _complain(str(problem), problem)
    except PermissionError as error:
        return _complain(
            f"{error.filename} belongs to another user: give it to yours (chown -R) or delete it"
        )
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return _complain("the disk is full: free some space and start again")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evbooking.local", description=__doc__)
    parser.add_argument("--with-parent", action="store_true", help="stop when the calling process dies")
    parser.add_argument("--var", type=Path, default=CHECKOUT / "var", help="where data and logs lie")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="everything, with demo data, until stopped")
    commands.add_parser("services", help="PostgreSQL and Redis of var/ alone, until stopped")
    commands.add_parser("clean", help="delete var/")
    for name, text in (
        ("exec", "a command with an empty PostgreSQL and Redis of its own"),
        ("attach", "a command with the servers and data of var/"),
    ):
        commands.add_parser(name, help=text).add_argument(
            "words", nargs=argparse.REMAINDER, metavar="-- COMMAND"
        )
    return parser


def _action(options: argparse.Namespace) -> Callable[[], int]:
    places = Places(options.var.resolve())
    actions: dict[str, Callable[[], int]] = {
        "run": lambda: run(places),
        "services": lambda: services(places),
        "clean": lambda: clean(places),
        "exec": lambda: execute(_command(options.words)),
        "attach": lambda: attach(places, _command(options.words)),
    }
    return actions[options.command]


def _command(words: Sequence[str]) -> Sequence[str]:
    command = words[1:] if words[:1] == ["--"] else words
    if not command:
        raise Problem("which command? Put it after --", exit_code=2)
    return command


def _complain(message: str, problem: Problem | None = None) -> int:
    log = problem.log if problem else None
    if log:
        sys.stderr.write(f"{tail(log)}\n")
    sys.stderr.write(f"error: {message}\n")
    return problem.exit_code if problem else 1


if __name__ == "__main__":
    sys.exit(main())
