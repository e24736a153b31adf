"""OCPI Connector objects (mod_locations, 2.3.0 and 2.2.1 alike), also the shape of those in a defaults file."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from evbooking.core.ocpi import ConnectorFormat, ConnectorType, PowerType
from stations.documents import Reader
from stations.importing.records import shown
from stations.services.fields import ConnectorFields

_KINDS: Final = {"standard": ConnectorType, "power_type": PowerType, "format": ConnectorFormat}
_MOST: Final = 5_000_000  # W


def read_connector(connector: object) -> ConnectorFields | str:
    """The connector, or in words why it cannot be used. Powers are W in OCPI and kW here."""
    reader = Reader(connector)
    if not isinstance(connector, Mapping):
        return "it is no object"
    unknown = [why for name, options in _KINDS.items() if (why := _unknown(connector, name, options.values))]
    if unknown:
        return ", ".join(unknown)
    watts = reader.integer("max_electric_power", least=1, most=_MOST)
    fields: ConnectorFields = {
        "standard": connector["standard"],
        "power_type": connector["power_type"],
        "format": connector.get("format") or ConnectorFormat.SOCKET,
        "max_power_kw": None if watts is None else Decimal(watts) / 1000,
        "max_voltage": reader.integer("max_voltage", least=1, most=100_000),
        "max_amperage": reader.integer("max_amperage", least=1, most=100_000),
    }
    if identity := reader.text("id", longest=36):
        fields["id"] = identity
    return "; ".join(f"{error.field}: {error.detail}" for error in reader.errors) or fields


def _unknown(connector: Mapping[str, Any], name: str, options: list[str]) -> str:
    value = connector.get(name)
    if value is None:
        return "" if name == "format" else f"{name} is missing"
    return "" if isinstance(value, str) and value in options else f"{name} {shown(value)} is not known here"
