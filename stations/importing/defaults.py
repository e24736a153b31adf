"""What a new station gets where the source is silent: the shipped defaults, or those of a file in their place."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from stations import pricing
from stations.documents import InvalidDocument, Reader
from stations.hours import Hours
from stations.importing.connectors import read_connector
from stations.importing.json_text import read_json
from stations.importing.records import UnusableSource
from stations.services.fields import ConnectorFields, TermsFields

SHIPPED: Final = Path(__file__).parent.parent / "data" / "import_defaults.json"
_MOST_EVSES: Final = 50


@dataclass(frozen=True, slots=True)
class Defaults:
    """`opening_times` and `tariff_document` are OCPI objects, checked; `evses` is a number of them."""

    opening_times: dict[str, Any]
    evses: int
    connectors: tuple[ConnectorFields, ...]
    tariff_name: str
    tariff_document: dict[str, Any]
    terms: TermsFields


def read_defaults(content: bytes | None = None) -> Defaults:
    """The shipped defaults, with the members that the JSON object `content` states in place of theirs.

    Raises UnusableSource, naming what is wrong.
    """
    stated = {} if content is None else _object(read_json(content))
    unknown = sorted(stated.keys() - _shipped().keys())
    if unknown:
        raise _wrong(f"{', '.join(unknown)}: there is no such member, only {', '.join(_shipped())}")
    return _checked({**_shipped(), **stated})


@cache
def _shipped() -> dict[str, Any]:
    return _object(read_json(SHIPPED.read_bytes()))


def _checked(document: dict[str, Any]) -> Defaults:
    try:
        hours = Hours.from_ocpi(document["opening_times"]).to_ocpi()
        tariff = _tariff(document["tariff"])
    except InvalidDocument as invalid:
        raise _wrong(str(invalid)) from invalid
    return Defaults(
        opening_times=hours,
        evses=_count(document["evses"]),
        connectors=_connectors(document["connectors"]),
        tariff_name=tariff[0],
        tariff_document=tariff[1],
        terms=_terms(document["booking_terms"]),
    )


def _tariff(tariff: object) -> tuple[str, dict[str, Any]]:
    reader = Reader(tariff, "tariff")
    name = reader.text("name", longest=80, required=True)
    if reader.errors or not isinstance(tariff, Mapping):
        raise InvalidDocument(reader.errors)
    return name or "", pricing.Tariff.from_ocpi(tariff.get("document")).to_ocpi()


def _count(evses: object) -> int:
    if isinstance(evses, bool) or not isinstance(evses, int) or not 1 <= evses <= _MOST_EVSES:
        raise _wrong(f"evses must be a whole number from 1 to {_MOST_EVSES}")
    return evses


def _connectors(connectors: object) -> tuple[ConnectorFields, ...]:
    read = [read_connector(connector) for connector in connectors] if isinstance(connectors, list) else []
    wrong = [f"connectors[{index}]: {why}" for index, why in enumerate(read) if isinstance(why, str)]
    if wrong or not read:
        raise _wrong("; ".join(wrong) or "connectors must be a list with at least one")
    usable = [connector for connector in read if not isinstance(connector, str)]
    return tuple({"id": str(number), **connector} for number, connector in enumerate(usable, start=1))


def _terms(terms: object) -> TermsFields:
    """Names are checked here, values with the model, before anything is written."""
    stated = _object(terms)
    unknown = sorted(stated.keys() - TermsFields.__annotations__.keys())
    if unknown:
        raise _wrong(f"booking_terms.{unknown[0]}: there is no such field")
    return cast(TermsFields, stated)


def _object(document: object) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise _wrong("they must be a JSON object")
    return document


def _wrong(detail: str) -> UnusableSource:
    return UnusableSource(f"The defaults cannot be used: {detail}.")
