"""Rows and facts of an import that are written together at its end."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from accounts.models import Operator, User
from evbooking.core.bulk import Fact, record_and_publish
from stations.importing import Defaults, Reject, StationRecord
from stations.models import EVSE, BookingTerms, Connector, ParkingPlace, Station, Tariff
from stations.services.journal import Change
from stations.services.slugs import give_slugs
from stations.services.tariffs import create_tariff

DEFAULT_TARIFF: Final = "import-default"  # its source_id: one per operator
_BATCH: Final = 1_000


@dataclass(slots=True)
class Batch:
    """What is new, not saved yet. `tariffs` are the operator's by source_id, `taken` the EVSE uids in use."""

    operator: Operator
    actor: User | None
    now: datetime
    defaults: Defaults
    tariffs: dict[str | None, Tariff]
    taken: set[str]
    rejects: list[Reject]
    stations: list[Station] = field(default_factory=list)
    terms: list[BookingTerms] = field(default_factory=list)
    bays: list[ParkingPlace] = field(default_factory=list)
    evses: list[EVSE] = field(default_factory=list)
    connectors: list[Connector] = field(default_factory=list)
    bays_of_evses: list[tuple[EVSE, ParkingPlace]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def count_stations(self) -> int:
        """How many the operator has, with those of this import so far."""
        return self.operator.stations.count() + len(self.stations)

    def stated_tariff(self, record: StationRecord) -> Tariff | None:
        """The first tariff of the source that the operator has here."""
        return next((self.tariffs[one] for one in record.tariff_ids if one in self.tariffs), None)

    def default_tariff(self) -> Tariff:
        """The operator's tariff for stations whose source names none, made when it is first asked for."""
        if DEFAULT_TARIFF not in self.tariffs:
            self.tariffs[DEFAULT_TARIFF] = create_tariff(
                self.operator,
                name=self.defaults.tariff_name,
                document=self.defaults.tariff_document,
                actor=self.actor,
                source_id=DEFAULT_TARIFF,
            )
        return self.tariffs[DEFAULT_TARIFF]

    def bay_id(self, record: StationRecord, bay: str) -> UUID:
        """The id of a parking place follows from its id in the source, so that it is found again."""
        return uuid5(self.operator.pk, f"{len(record.source_id)}:{record.source_id}/{bay}")

    def note(
        self, station: Station, action: str, after: dict[str, Any], *, evse: EVSE | None = None, **more: str
    ) -> None:
        """Something new of a station, to be told when the rows are written."""
        self.changes.append(Change(station, action, self.actor, self.now, {}, after, evse=evse, more=more))

    def write(self) -> None:
        """Insert everything, in the order in which rows refer to each other."""
        give_slugs(self.stations)
        Station.objects.bulk_create(self.stations, batch_size=_BATCH)
        BookingTerms.objects.bulk_create(self.terms, batch_size=_BATCH)
        ParkingPlace.objects.bulk_create(self.bays, batch_size=_BATCH)
        EVSE.objects.bulk_create(self.evses, batch_size=_BATCH)
        Connector.objects.bulk_create(self.connectors, batch_size=_BATCH)
        through = EVSE.parking_places.through
        links = [through(evse_id=evse.pk, parkingplace_id=bay.pk) for evse, bay in self.bays_of_evses]
        through.objects.bulk_create(links, batch_size=_BATCH)
        for change in self.changes:
            if change.action == "station.create":
                change.after["slug"] = change.station.slug
        facts = [fact(change, "station.changed") for change in self.changes]
        record_and_publish(facts, actor=self.actor, now=self.now)


def fact(change: Change, event: str) -> Fact:
    """A change as its audit entry and an event of its station."""
    return Fact(
        action=change.action,
        target=change.evse or change.station,
        before=change.before or None,
        after=change.after or None,
        type_=event,
        subject=f"station:{change.station.pk}",
        data=change.event_data,
    )
