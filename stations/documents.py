"""Reading JSON objects of OCPI with every violated field named, not only the first.

Codes are those of the API's field errors: required, invalid, unknown_field, naive_time, out_of_range,
too_long_text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final, NamedTuple, TypeVar

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_DATE: Final = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")
_MAX_DECIMALS: Final = 6
_MAX_ITEMS: Final = 400


class FieldError(NamedTuple):
    """One violated field: its JSON path (`elements[0].price_components[0].type`), code and message."""

    field: str
    code: str
    detail: str


class InvalidDocument(ValueError):
    """A document that breaks its contract; `errors` names every violated field in document order."""

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(f"{error.field}: {error.detail}" for error in self.errors))


class Reader:
    """One JSON object being read. A method that meets a violation notes it and answers None.

    Every read names the field once; `close` then reports the fields nobody asked for.
    """

    def __init__(self, document: object, path: str = "", errors: list[FieldError] | None = None) -> None:
        self.errors: list[FieldError] = [] if errors is None else errors
        self.path = path
        self._known: set[str] = set()
        self._document: Mapping[str, object] | None = document if isinstance(document, Mapping) else None
        if self._document is None:
            self.errors.append(FieldError(path, "invalid", "This must be an object."))

    def fail(self, name: str, code: str, detail: str) -> None:
        self.errors.append(FieldError(self.at(name), code, detail))

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def close(self) -> None:
        for name in self._document or ():
            if name not in self._known:
                self.fail(str(name), "unknown_field", "There is no such field.")

    def text(self, name: str, *, longest: int, required: bool = False) -> str | None:
        value = self._value(name, required=required)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip() or "\x00" in value:
            self.fail(name, "invalid", "This must be a text that is not empty.")
        elif len(value) > longest:
            self.fail(name, "too_long_text", f"This may have at most {longest} characters.")
        else:
            return value
        return None

    def choice(self, name: str, options: type[E], *, required: bool = False) -> E | None:
        value = self._value(name, required=required)
        return None if value is None else self._option(self.at(name), value, options)

    def choices(self, name: str, options: type[E]) -> tuple[E, ...]:
        """A list of distinct options; empty when absent."""
        items = self._items(name, required=False)
        found = [self._option(f"{self.at(name)}[{i}]", item, options) for i, item in enumerate(items)]
        chosen = tuple(option for option in found if option is not None)
        if len(set(chosen)) < len(chosen):
            self.fail(name, "invalid", "Each value may stand here only once.")
        return chosen

    def flag(self, name: str, *, required: bool = False) -> bool | None:
        value = self._value(name, required=required)
        if value is None or isinstance(value, bool):
            return value
        self.fail(name, "invalid", "This must be true or false.")
        return None

    def number(self, name: str, *, most: int = 1_000_000, required: bool = False) -> Decimal | None:
        """A number from 0 to `most` with at most six decimals; a decimal string is read too."""
        value = self._value(name, required=required)
        if value is None:
            return None
        number = _decimal(value)
        if number is None:
            self.fail(name, "invalid", "This must be a number.")
        elif not 0 <= number <= most:
            self.fail(name, "out_of_range", f"This must be from 0 to {most}.")
        elif number != round(number, _MAX_DECIMALS):
            self.fail(name, "invalid", f"This may have at most {_MAX_DECIMALS} decimals.")
        else:
            return number
        return None

    def integer(self, name: str, *, least: int, most: int, required: bool = False) -> int | None:
        value = self._value(name, required=required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.fail(name, "invalid", "This must be a whole number.")
        elif not least <= value <= most:
            self.fail(name, "out_of_range", f"This must be from {least} to {most}.")
        else:
            return value
        return None

    def instant(self, name: str, *, required: bool = False) -> datetime | None:
        """An RFC 3339 instant with its offset, as aware UTC."""
        value = self._value(name, required=required)
        if value is None:
            return None
        instant = _instant(value)
        if instant is None:
            self.fail(name, "invalid", "This must be an instant such as 2026-12-01T08:00:00Z.")
        elif instant.tzinfo is None:
            self.fail(name, "naive_time", "This instant needs an offset, such as Z.")
        else:
            return instant.astimezone(UTC)
        return None

    def day(self, name: str) -> date | None:
        value = self._value(name, required=False)
        try:
            if isinstance(value, str) and _DATE.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        if value is not None:
            self.fail(name, "invalid", "This must be a date such as 2026-12-01.")
        return None

    def clock(self, name: str, *, required: bool = False, until_24: bool = False) -> int | None:
        """A time of day "HH:MM" as minutes after 00:00; "24:00" only where asked for."""
        value = self._value(name, required=required)
        if isinstance(value, str) and (_CLOCK.fullmatch(value) or (until_24 and value == "24:00")):
            return int(value[:2]) * 60 + int(value[3:])
        if value is not None:
            self.fail(name, "invalid", "This must be a time of day such as 07:30.")
        return None

    def nested(self, name: str, read: Callable[[Reader], T], *, required: bool = False) -> T | None:
        value = self._value(name, required=required)
        return None if value is None else self._child(self.at(name), value, read)

    def nested_list(self, name: str, read: Callable[[Reader], T], *, required: bool = False) -> tuple[T, ...]:
        """A list of objects; empty when absent."""
        items = self._items(name, required=required)
        return tuple(self._child(f"{self.at(name)}[{i}]", item, read) for i, item in enumerate(items))

    def _child(self, path: str, value: object, read: Callable[[Reader], T]) -> T:
        child = Reader(value, path, self.errors)
        result = read(child)
        child.close()
        return result

    def _items(self, name: str, *, required: bool) -> list[object]:
        value = self._value(name, required=required)
        if value is None:
            return []
        if not isinstance(value, list):
            self.fail(name, "invalid", "This must be a list.")
            return []
        if required and not value:
            self.fail(name, "required", "This needs at least one entry.")
        if len(value) > _MAX_ITEMS:
            self.fail(name, "out_of_range", f"This may have at most {_MAX_ITEMS} entries.")
            return []
        return value

    def _option(self, path: str, value: object, options: type[E]) -> E | None:
        if isinstance(value, str) and value in options.__members__.values():
            return options(value)
        known = ", ".join(options)
        self.errors.append(FieldError(path, "invalid", f"This must be one of {known}."))
        return None

    def _value(self, name: str, *, required: bool) -> object:
        self._known.add(name)
        if self._document is None:
            return None
        value = self._document.get(name)
        if value is None and required:
            self.fail(name, "required", "This field is required.")
        return value


def clock_text(minutes: int) -> str:
    """Minutes after 00:00 as "HH:MM"; 1440 is "24:00"."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def instant_text(instant: datetime) -> str:
    """An aware instant as RFC 3339 UTC with Z."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 40 else None


def _instant(value: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
    except ValueError:
        return None
    return instant if instant is not None and 1900 < instant.year < 9000 else None
