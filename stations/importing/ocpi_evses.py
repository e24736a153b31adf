"""The EVSEs of an OCPI Location: what can be used of them, and what is left out and why."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from evbooking.core.ocpi import Status
from stations.documents import Reader
from stations.importing.connectors import read_connector
from stations.importing.records import EvseRecord, Reject, shown
from stations.services.fields import ConnectorFields, EvseChanges

_TEXTS: Final = {"evse_id": 48, "physical_reference": 16, "floor_level": 4}


def read_evses(
    evses: object, where: str, bays: frozenset[str], rejects: list[Reject]
) -> tuple[EvseRecord, ...]:
    """The usable EVSEs in order; `bays` are the ids of the location's parking places."""
    if not isinstance(evses, list):
        rejects.append(Reject(where, "evses is no list"))
        return ()
    found: dict[str, EvseRecord] = {}
    for number, evse in enumerate(evses, start=1):
        uid = evse.get("uid") if isinstance(evse, Mapping) else None
        if not isinstance(uid, str) or not uid.strip() or len(uid) > 36:
            rejects.append(Reject(f"{where}, EVSE {number}", "there is no uid of 1 to 36 characters"))
        elif uid in found:
            rejects.append(Reject(f"{where}, EVSE {uid}", "another EVSE of the location has this uid"))
        elif record := _read(evse, uid, f"{where}, EVSE {uid}", bays, rejects):
            found[uid] = record
    return tuple(found.values())


def tariff_ids(evses: object) -> tuple[str, ...]:
    """The ids of tariffs that connectors name, each once, in order."""
    found = [
        identity
        for evse in objects(evses)
        for connector in objects(evse.get("connectors"))
        for identity in _listed(connector.get("tariff_ids"))
        if isinstance(identity, str)
    ]
    return tuple(dict.fromkeys(found))


def objects(value: object) -> list[Mapping[str, Any]]:
    """The objects in a list; none where it is no list."""
    return [item for item in _listed(value) if isinstance(item, Mapping)]


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _read(
    evse: Mapping[str, Any], uid: str, where: str, bays: frozenset[str], rejects: list[Reject]
) -> EvseRecord | None:
    if evse.get("status") == Status.REMOVED:
        return EvseRecord(uid, is_removed=True)
    if evse.get("status") == Status.PLANNED:
        rejects.append(Reject(where, "it is planned, not built yet"))
        return None
    connectors = _connectors(evse.get("connectors"), where, rejects)
    if not connectors:
        rejects.append(Reject(where, "it has no usable connector"))
        return None
    fields = _fields(evse, where, rejects)
    named = [bay.get("parking_id") for bay in objects(evse.get("parking"))]
    return EvseRecord(
        uid, fields, connectors, tuple(bay for bay in named if isinstance(bay, str) and bay in bays)
    )


def _connectors(connectors: object, where: str, rejects: list[Reject]) -> tuple[ConnectorFields, ...]:
    found: dict[str, ConnectorFields] = {}
    for number, connector in enumerate(_listed(connectors), start=1):
        read = read_connector(connector)
        identity = str(number) if isinstance(read, str) else read.setdefault("id", str(number))
        if identity in found:
            read = f"another connector of the EVSE has the id {shown(identity)}"
        if isinstance(read, str):
            rejects.append(Reject(f"{where}, connector {number}", read))
        else:
            found[identity] = read
    return tuple(found.values())


def _fields(evse: Mapping[str, Any], where: str, rejects: list[Reject]) -> EvseChanges:
    fields, errors = read_texts(evse, _TEXTS)
    rejects.extend(Reject(where, error) for error in errors)
    return cast(EvseChanges, fields)


def read_texts(source: Mapping[str, Any], longest: Mapping[str, int]) -> tuple[dict[str, str], Iterable[str]]:
    """The texts of `source` that are there and not empty, by name, and what is wrong with the others."""
    reader = Reader({name: source[name] for name in longest if source.get(name) not in (None, "")})
    texts = {name: text for name, most in longest.items() if (text := reader.text(name, longest=most))}
    return texts, [f"{error.field}: {error.detail}" for error in reader.errors]
