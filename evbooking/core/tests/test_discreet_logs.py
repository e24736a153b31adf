"""What a log says of an error of the database: what went wrong, and nothing of the row."""

import io
import logging
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.models import User
from evbooking.core.discreet_logs import DiscreetFormatter

pytestmark = pytest.mark.django_db


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the formatter of our logs makes of the records of a logger."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(DiscreetFormatter("{levelname} {message}", style="{"))
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)


logger = logging.getLogger("evbooking.test_discreet_logs")
NAME = "Erika\nMustermann"  # named here, as tracebacks show lines of code
ADDRESS = "erika@example.org"


def refused_row(driver: User) -> IntegrityError:
    """The database quotes a row of a person, whose name has several lines."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_user ADD CONSTRAINT frozen CHECK (false) NOT VALID")
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        User.objects.filter(pk=driver.pk).update(name=NAME)
    return refused.value


def test_the_row_that_was_refused_is_not_told(driver: User, written: io.StringIO) -> None:
    error = refused_row(driver)
    assert driver.email in str(error)
    logger.error("It failed", exc_info=error)
    said = written.getvalue()
    assert 'new row for relation "accounts_user" violates check constraint "frozen"' in said
    assert "Traceback" in said
    assert [part for part in (driver.email, "Erika", "Mustermann", "DETAIL") if part in said] == []


def test_nor_where_the_error_is_a_part_of_the_words(driver: User, written: io.StringIO) -> None:
    error = refused_row(driver)
    logger.warning("It failed: %s, %r", error, error)
    said = written.getvalue()
    assert said.count('violates check constraint "frozen"') == 2
    assert [part for part in (driver.email, "Erika", "Mustermann", "DETAIL") if part in said] == []


def test_values_in_a_statement_that_failed_are_not_told(written: io.StringIO) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM accounts_user WHERE nonsense = %s", [ADDRESS])
    except ProgrammingError:
        logger.exception("It failed")
    said = written.getvalue()
    assert 'column "nonsense" does not exist' in said
    assert ADDRESS not in said


def test_the_control_a_plain_formatter_tells_it(driver: User) -> None:
    error = refused_row(driver)
    record = logger.makeRecord("any", logging.ERROR, "here", 1, "It failed: %s", (error,), None)
    assert driver.email in logging.Formatter().format(record)


def test_other_errors_are_told_in_full(written: io.StringIO) -> None:
    try:
        raise ValueError("seven is not eight")
    except ValueError:
        logger.exception("It failed")
    assert written.getvalue().endswith("ValueError: seven is not eight\n")
