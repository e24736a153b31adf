"""What every format is read into."""

from dataclasses import dataclass, field
from typing import Any

from stations.services.fields import ConnectorFields, EvseChanges, ParkingFields, StationFields


class UnusableSource(ValueError):
    """A file as a whole cannot be imported; the message is one line that says why and what to do."""


@dataclass(frozen=True, slots=True)
class Reject:
    """What was left out and why. `where` names the place in the file; `whole` tells that it was a whole station."""

    where: str
    reason: str
    whole: bool = False

    def __str__(self) -> str:
        return "".join(char if char.isprintable() else " " for char in f"{self.where}: {self.reason}")


@dataclass(frozen=True, slots=True)
class EvseRecord:
    """An EVSE as the source names it; `connectors` None where the source does not say. Bays by their id there."""

    uid: str
    fields: EvseChanges = field(default_factory=EvseChanges)
    connectors: tuple[ConnectorFields, ...] | None = None
    bays: tuple[str, ...] = ()
    is_removed: bool = False


@dataclass(frozen=True, slots=True)
class ParkingRecord:
    """A bay under the id it has in the source."""

    id: str
    fields: ParkingFields


@dataclass(frozen=True, slots=True)
class StationRecord:
    """A station. `stated` comes from the source; `invented` is the format's own guess, for a new station only.

    `evses` is None where the source does not say; `tariff_ids` are the source's, the preferred one first.
    """

    source_id: str
    where: str
    stated: StationFields
    invented: StationFields = field(default_factory=StationFields)
    evses: tuple[EvseRecord, ...] | None = None
    bays: tuple[ParkingRecord, ...] = ()
    tariff_ids: tuple[str, ...] = ()


@dataclass(slots=True)
class Parsed:
    """The stations of a file, each `source_id` once, and what of it cannot be used."""

    stations: list[StationRecord] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def add(self, record: StationRecord, known: set[str]) -> None:
        """Append the record unless its id is in `known`, where it is then put."""
        if record.source_id in known:
            self.rejects.append(Reject(record.where, "another record of the file has this id", whole=True))
            return
        known.add(record.source_id)
        self.stations.append(record)


def shown(value: Any) -> str:
    """A value of the source in a message: short, on one line."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
