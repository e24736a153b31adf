"""The types of events that may be published, each versioned and with a JSON Schema of its data.

An app states its types in one file, `<app>/event_types.json`, a JSON Schema document (draft 2020-12) with two parts:
`$defs`, what its schemas share, and `types`, by name and version: {"booking.held": {"1": <schema of the data>}}.
The highest version is the one that is published. A new optional property keeps the version; a property that is
renamed, removed or means something else makes a new one, and the old schema stays for those who still have events
of it.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps

FILE = "event_types.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class EventType:
    """One version of a type, with the schema of `DomainEvent.data` as a document that stands alone."""

    name: str
    version: int
    schema: dict[str, Any]

    @property
    def versioned_name(self) -> str:
        """`booking.held.v1`."""
        return f"{self.name}.v{self.version}"

    def violations(self, data: Any) -> list[str]:
        """What in `data`, as JSON, breaks the schema: "driver_id: 7 is not of type 'string'"."""
        # here, for it takes 4 MB and only tests and debugging check
        from jsonschema import Draft202012Validator

        found = Draft202012Validator(self.schema).iter_errors(data)
        return [f"{'.'.join(map(str, error.absolute_path)) or 'data'}: {error.message}" for error in found]


class BadEventData(ValueError):
    """An event's data that its own schema does not allow."""


@cache
def event_types() -> dict[str, EventType]:
    """The present version of every type, by name."""
    newest: dict[str, EventType] = {}
    for type_ in event_type_versions().values():
        if type_.name not in newest or newest[type_.name].version < type_.version:
            newest[type_.name] = type_
    return newest


@cache
def event_type_versions() -> dict[str, EventType]:
    """Every version of every type, by `booking.held.v1`. Raises ValueError where two apps claim one type."""
    found: dict[str, EventType] = {}
    for config in apps.get_app_configs():
        path = Path(config.path) / FILE
        for type_ in _read(path) if path.exists() else []:
            if type_.versioned_name in found:
                raise ValueError(f"{path} states {type_.versioned_name}, and so does another app.")
            found[type_.versioned_name] = type_
    return found


def refuse_unknown(*names: str) -> None:
    """Raise ValueError for a type that no app states."""
    unknown = sorted(set(names) - event_types().keys())
    if unknown:
        raise ValueError(f"Unknown event types {unknown}: an app states its own in its {FILE}.")


def check_data(name: str, data: Any) -> None:
    """Raise BadEventData unless `data`, as JSON, is what the type's present schema promises."""
    violations = event_types()[name].violations(data)
    if violations:
        raise BadEventData(f"{name}: {'; '.join(violations)}")


def _read(path: Path) -> list[EventType]:
    document = json.loads(path.read_text())
    shared = {"$schema": DIALECT, "$defs": document.get("$defs", {})}
    return [
        EventType(name, int(version), {**shared, "title": f"{name}.v{version}", **schema})
        for name, versions in document["types"].items()
        for version, schema in versions.items()
    ]
