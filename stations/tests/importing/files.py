"""Small files of our own in the formats that are imported."""

import json
from pathlib import Path
from typing import Any

EPSG_3035 = "urn:ogc:def:crs:EPSG::3035"
DAMMTOR = (4321000.0, 3383000.0)  # on the meridian of 10 E


def feature(location_id: Any, x: float = DAMMTOR[0], y: float = DAMMTOR[1]) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": [x, y]}
    return {
        "type": "Feature",
        "properties": {"location_id": location_id, "population": 5831.0},
        "geometry": geometry,
    }


def collection(*features: Any, crs: str | None = EPSG_3035) -> dict[str, Any]:
    document: dict[str, Any] = {"type": "FeatureCollection", "features": list(features)}
    if crs is not None:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    return document


def connector(**fields: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "standard": "IEC_62196_T2",
        "format": "SOCKET",
        "power_type": "AC_3_PHASE",
        "max_voltage": 230,
        "max_amperage": 32,
        **fields,
    }


def evse(uid: str = "E1", **fields: Any) -> dict[str, Any]:
    return {"uid": uid, "status": "AVAILABLE", "connectors": [connector()], **fields}


def location(**fields: Any) -> dict[str, Any]:
    """An OCPI Location with one EVSE in Lyon."""
    return {
        "country_code": "FR",
        "party_id": "EVB",
        "id": "LYO1",
        "publish": True,
        "name": "Quai du Rhône",
        "address": "Quai Victor Augagneur 12",
        "city": "Lyon",
        "postal_code": "69003",
        "country": "FRA",
        "coordinates": {"latitude": "45.757814", "longitude": "4.841010"},
        "time_zone": "Europe/Paris",
        "evses": [evse()],
        **fields,
    }


def written(folder: Path, document: Any, name: str = "sites.json") -> str:
    """The path of a file that holds the document: JSON, or text as it is."""
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return str(path)
