"""Stations, EVSEs, connectors, terms and tariffs of the generated network."""

import math
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from accounts.models import Operator
from evbooking.core.ocpi import ConnectorFormat, ConnectorType, Facility, PowerType, VehicleType
from evbooking.demo.kinds import KINDS, TARIFFS, Kind
from evbooking.demo.payment_terms import payment_terms
from evbooking.demo.places import CITIES, HAMBURG, OPERATORS, STREETS, City
from stations.models import EVSE, BookingTerms, Connector, ParkingPlace, Station, Tariff, TariffVersion
from stations.services.slugs import slug_words

KM_PER_DEGREE = 111.32
WALK_IN_SHARE = 0.06
INHIBITED_SHARE = 0.02


def seeded_uuid(random: Random) -> uuid.UUID:
    """A random UUID (version 4) that a seed repeats."""
    return uuid.UUID(int=random.getrandbits(128), version=4)


@dataclass(slots=True)
class Network:
    """Rows not yet written, in the order in which they may be; `kinds` tells each station's kind by its id.

    `online`: most stations are paid online.
    """

    online: bool = False
    operators: list[Operator] = field(default_factory=list)
    tariffs: list[Tariff] = field(default_factory=list)
    versions: list[TariffVersion] = field(default_factory=list)
    stations: list[Station] = field(default_factory=list)
    terms: list[BookingTerms] = field(default_factory=list)
    places: list[ParkingPlace] = field(default_factory=list)
    evses: list[EVSE] = field(default_factory=list)
    connectors: list[Connector] = field(default_factory=list)
    bays: list[tuple[EVSE, ParkingPlace]] = field(default_factory=list)
    kinds: dict[uuid.UUID, Kind] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is generated; `tag` keeps the names of two networks in one database apart.

    `billed`: past bookings get their sessions and bills, which takes longer than the bookings themselves.
    """

    tag: str
    stations: int
    evses: int
    cities: tuple[City, ...]
    drivers: int
    past_days: int
    future_days: int
    bookings: int | None = None
    billed: bool = True


EXTENTS = {
    "small": Extent("s", 30, 78, (HAMBURG,), 60, 21, 7),
    "city": Extent("c", 400, 800, (HAMBURG,), 3_000, 28, 7),
    "country": Extent("l", 5_000, 20_000, CITIES, 60_000, 80, 10, bookings=2_000_000, billed=False),
}


def add_operators(network: Network, random: Random) -> None:
    """The operators with their tariffs, in a fixed order."""
    for name, website in OPERATORS:
        operator = Operator(id=seeded_uuid(random), name=name, website=website)
        network.operators.append(operator)
        for key, (title, document) in TARIFFS.items():
            tariff = Tariff(id=seeded_uuid(random), operator=operator, name=title, source_id=f"demo-{key}")
            version = TariffVersion(id=seeded_uuid(random), tariff=tariff, number=1, document=document)
            network.tariffs.append(tariff)
            network.versions.append(version)


def add_stations(network: Network, extent: Extent, random: Random, now: datetime) -> None:
    """The stations of an extent, for the network's operators and tariffs, from one seeded source of chance."""
    for number, (kind, count) in enumerate(_evse_counts(extent, random)):
        _add_station(network, extent, random, number, kind, count, now)


def _evse_counts(extent: Extent, random: Random) -> list[tuple[Kind, int]]:
    """A kind and a number of EVSEs for each station; together exactly `extent.evses`."""
    kinds = random.choices(KINDS, weights=[kind.share for kind in KINDS], k=extent.stations)
    counts = [random.randint(*kind.evses) for kind in kinds]
    while (missing := extent.evses - sum(counts)) != 0:
        at = random.randrange(extent.stations)
        counts[at] = max(1, counts[at] + (1 if missing > 0 else -1))
    return list(zip(kinds, counts, strict=True))


def _add_station(
    network: Network, extent: Extent, random: Random, number: int, kind: Kind, count: int, now: datetime
) -> None:
    city = random.choices(extent.cities, weights=[one.weight for one in extent.cities])[0]
    street = random.choice(STREETS)
    operator_at = random.randrange(len(network.operators))
    tariff_at = operator_at * len(TARIFFS) + list(TARIFFS).index(kind.tariff)
    latitude, longitude = _somewhere(city, random)
    house = random.randint(1, 140)
    name = kind.label.format(street=street) if kind.name != "street" else f"{street} {house}"
    station = Station(
        id=seeded_uuid(random),
        slug=slug_words(name, city.name, f"{extent.tag}{number + 1}"),
        operator=network.operators[operator_at],
        source_id=f"demo-{extent.tag}{number + 1}",
        name=name,
        address=f"{street} {house}",
        city=city.name,
        postal_code=f"{city.postal_prefix}{random.randint(100, 459):03d}",
        country="DEU",
        latitude=latitude,
        longitude=longitude,
        time_zone="Europe/Berlin",
        opening_times=kind.opening_times,
        facilities=sorted({*kind.facilities, *random.sample(list(Facility), k=random.randint(0, 2))}),
        parking_type=kind.parking_type,
        tariff=network.tariffs[tariff_at],
        approval=Station.Approval.APPROVED,
        created_at=now,
        last_updated=now,
    )
    network.stations.append(station)
    network.kinds[station.id] = kind
    network.terms.append(_terms(station, kind, random, payment_terms(number, online=network.online)))
    for position in range(count):
        _add_evse(network, extent, random, station, kind, position, now)
    if count > 1 and random.random() < 0.4:
        place = ParkingPlace(
            id=seeded_uuid(random),
            station=station,
            physical_reference="P1",
            vehicle_types=[VehicleType.DISABLED],
        )
        network.places.append(place)
        network.bays.append((network.evses[-1], place))


def _somewhere(city: City, random: Random) -> tuple[float, float]:
    """A point in the city: denser in its middle, never beyond twice its spread."""
    distance = min(abs(random.gauss(0, 0.55)), 1.6) * city.spread_km
    angle = random.uniform(0, 2 * math.pi)
    north = distance * math.cos(angle) / KM_PER_DEGREE
    east = distance * math.sin(angle) / (KM_PER_DEGREE * math.cos(math.radians(city.latitude)))
    return round(city.latitude + north, 6), round(city.longitude + east, 6)


def _terms(station: Station, kind: Kind, random: Random, payment: dict[str, Any]) -> BookingTerms:
    fast = bool(kind.dc_kw)
    return BookingTerms(
        station=station,
        min_booking_duration=15 if fast else 30,
        max_booking_duration=180 if kind.name == "hub" else 600,
        buffer_minutes=5 if fast else random.choice((0, 0, 10)),
        cancel_until_minutes=random.choice((30, 60, 120)),
        late_cancel_share=random.choice((0, 0, 20)),
        noshow_fee_amount=Decimal(random.choice((0, 0, 5))),
        approval_required=kind.name == "work" and random.random() < 0.3,
        max_open_bookings_per_driver=5,
        **payment,
    )


def _add_evse(
    network: Network,
    extent: Extent,
    random: Random,
    station: Station,
    kind: Kind,
    position: int,
    now: datetime,
) -> None:
    number = len(network.evses) + 1
    evse = EVSE(
        id=seeded_uuid(random),
        station=station,
        uid=f"EVB-{extent.tag.upper()}{number:05d}",
        evse_id=f"DE*EVB*E{extent.tag.upper()}{number:05d}",
        physical_reference=str(position + 1),
        floor_level="-1" if kind.name == "garage" else "",
        walk_in_only=position > 0 and random.random() < WALK_IN_SHARE,
        inhibits=[random.choice(EVSE.Inhibit.values)] if random.random() < INHIBITED_SHARE else [],
        status_since=now - timedelta(hours=random.randint(1, 200)),
    )
    network.evses.append(evse)
    network.connectors.extend(_connectors(evse, kind, random, position))


def _connectors(evse: EVSE, kind: Kind, random: Random, position: int) -> list[Connector]:
    """AC: one Type 2. DC: a CCS2 cable, and on older 50 kW posts a CHAdeMO cable beside it."""
    if not kind.dc_kw or (kind.name == "supermarket" and position % 2 == 1):
        amperes = 32 if kind.ac_kw == 22 else 16
        return [
            _connector(evse, "1", ConnectorType.IEC_62196_T2, PowerType.AC_3_PHASE, 230, amperes, kind.ac_kw)
        ]
    kw = random.choice(kind.dc_kw)
    dc = [_connector(evse, "1", ConnectorType.IEC_62196_T2_COMBO, PowerType.DC, 920, 500, kw)]
    if kw == 50:
        dc.append(_connector(evse, "2", ConnectorType.CHADEMO, PowerType.DC, 500, 125, 50))
    return dc


def _connector(
    evse: EVSE,
    connector_id: str,
    standard: ConnectorType,
    power: PowerType,
    volts: int,
    amperes: int,
    kw: int,
) -> Connector:
    cable = power == PowerType.DC
    return Connector(
        evse=evse,
        connector_id=connector_id,
        standard=standard,
        format=ConnectorFormat.CABLE if cable else ConnectorFormat.SOCKET,
        power_type=power,
        max_voltage=volts,
        max_amperage=amperes,
        max_electric_power=kw * 1000,
    )
