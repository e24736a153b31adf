"""Logs that keep to themselves what the database says about people.

PostgreSQL explains an error by quoting: the row that was refused, with every column, and the part of the statement
that failed, with its values. What went wrong is its first line alone.
"""

import logging
from collections.abc import Iterator

import psycopg


class DiscreetFormatter(logging.Formatter):
    """Of an error of the database only its first line, wherever a record tells of it: in its words or its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for error in _database_errors(record):
            whole, first = str(error), str(error.diag.message_primary)
            text = text.replace(whole, first).replace(_escaped(whole), _escaped(first))
        return text


def _database_errors(record: logging.LogRecord) -> Iterator[psycopg.Error]:
    """What the server said, of all that the record has to do with."""
    arguments = record.args.values() if isinstance(record.args, dict) else record.args or ()
    errors = [one for one in arguments if isinstance(one, BaseException)]
    if record.exc_info and record.exc_info[1]:
        errors.append(record.exc_info[1])
    for error in errors:
        yield from _server_errors(error, set())


def _server_errors(error: BaseException | None, seen: set[int]) -> Iterator[psycopg.Error]:
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    if isinstance(error, psycopg.Error) and error.diag.message_primary:
        yield error
    yield from _server_errors(error.__cause__, seen)
    yield from _server_errors(error.__context__, seen)


def _escaped(text: str) -> str:
    """As in the representation of an exception."""
    return repr(text)[1:-1]
