"""What every change of a station leaves behind, in its transaction: the audit entry and the event."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model

from accounts.models import User
from evbooking.core import audit
from evbooking.core.api.json import instant
from evbooking.core.events import publish
from stations.models import EVSE, Station


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to `station` or, where named, to its `evse`: the values that differ, as JSON."""

    station: Station
    action: str
    actor: User | None
    now: datetime
    before: dict[str, Any]
    after: dict[str, Any]
    evse: EVSE | None = None
    reason: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def event_data(self) -> dict[str, Any]:
        data: dict[str, Any] = {
            "station_id": str(self.station.pk),
            "before": self.before,
            "after": self.after,
        }
        if self.evse is not None:
            data["evse_uid"] = self.evse.uid
        if self.reason:
            data["reason"] = self.reason
        return data | self.more


def record(change: Change, *, target: Model | None = None) -> None:
    """Write the audit entry of a change, about its EVSE or station unless another target is named."""
    audit.record(
        change.action,
        target=target or change.evse or change.station,
        actor=change.actor,
        before=change.before or None,
        after=change.after or None,
        reason=change.reason,
    )


def announce_evse(type_: str, change: Change) -> None:
    """Publish an event of the EVSE. Who also announces the station does this first (order of locks)."""
    if change.evse is None:
        raise ValueError(f"{type_} is about an EVSE.")
    subject = f"evse:{change.evse.uid}"
    publish(type_, subject=subject, data=change.event_data, actor=change.actor, now=change.now)


def announce_station(type_: str, change: Change) -> None:
    """Publish an event of the station, and move its last_updated."""
    Station.objects.filter(pk=change.station.pk).update(last_updated=change.now)
    change.station.last_updated = change.now
    subject = f"station:{change.station.pk}"
    publish(type_, subject=subject, data=change.event_data, actor=change.actor, now=change.now)


def snapshot(instance: Model, names: Iterable[str]) -> dict[str, Any]:
    """The named fields of an instance as JSON values."""
    return {name: as_json(getattr(instance, name)) for name in names}


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names whose values differ."""
    return [name for name in after if before.get(name) != after[name]]


def as_json(value: Any) -> Any:
    """A field's value as JSON: related objects by key, decimals as strings, instants as RFC 3339."""
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, Collection) and not isinstance(value, str | Mapping):
        return [as_json(item) for item in value]
    return value
