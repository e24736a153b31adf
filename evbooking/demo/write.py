"""Writing the generated network: everything of one extent, or nothing."""

from collections.abc import Callable
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from accounts.models import Operator, User, Vehicle
from evbooking.demo.bills import Bills
from evbooking.demo.books import book_generated_bills
from evbooking.demo.demand import Visits
from evbooking.demo.drawings import VARIANTS, drawing
from evbooking.demo.history import Bay, bays_of, load, planned_visits
from evbooking.demo.kinds import TARIFFS
from evbooking.demo.network import EXTENTS, Extent, Network, add_operators, add_stations
from evbooking.demo.people import Driver, drivers, sign_ins
from payments.models import OperatorPlan
from stations.models import (
    EVSE,
    ApprovalStep,
    BookingTerms,
    Connector,
    ParkingPlace,
    Station,
    StationImage,
    Tariff,
    TariffVersion,
)

BATCH = 1_000
Report = Callable[[str], Callable[[int], object]]


def is_there(size: str) -> bool:
    """Whether the network of this size is already in the database."""
    return Station.objects.filter(source_id=f"demo-{EXTENTS[size].tag}1").exists()


@transaction.atomic
def write(extent: Extent, *, seed: int, now: datetime, online: bool, report: Report) -> dict[str, int]:
    """Generate and write the network; returns how many rows of each sort. `online`: most stations are paid online.

    `report(title)` begins a step and returns what is told of its progress, in rows.
    """
    random = Random(f"{seed}-{extent.tag}")  # noqa: S311 — chance to be repeated, no secret
    network = Network(online=online)
    add_operators(network, random)
    _adopt_operators(network)
    add_stations(network, extent, random, now)
    _put_some_up_for_approval(network, extent)
    _write_network(network, now, report("stations"))
    people = drivers(extent.drivers, extent.tag, random, now)
    User.objects.bulk_create([one.user for one in people], batch_size=BATCH)
    Vehicle.objects.bulk_create([one.vehicle for one in people], batch_size=BATCH)
    bays = bays_of(network)
    found = planned_visits(network, bays, extent, now, seed)
    written = _load(
        found, bays, people, random, now, report, seed, network, Bills() if extent.billed else None
    )
    book_generated_bills()
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE bookings_booking, bookings_bookingtransition, stations_station, stations_evse"
        )
    return {"stations": len(network.stations), "EVSEs": len(network.evses), "bookings": written}


def _adopt_operators(network: Network) -> None:
    """Networks of two sizes in one database share operators and tariffs."""
    known = {operator.name: operator for operator in Operator.objects.all()}
    tariffs = {
        (tariff.operator_id, tariff.source_id): tariff
        for tariff in Tariff.objects.select_related("current").filter(source_id__startswith="demo-")
    }
    for number, operator in enumerate(network.operators):
        network.operators[number] = known.get(operator.name, operator)
    for number, tariff in enumerate(network.tariffs):
        tariff.operator = network.operators[number // len(TARIFFS)]
        there = tariffs.get((tariff.operator.pk, tariff.source_id))
        if there and there.current:
            network.tariffs[number], network.versions[number] = there, there.current


def _put_some_up_for_approval(network: Network, extent: Extent) -> None:
    """In the small network two stations wait for the administrator and one is still being described."""
    if extent.tag != "s":
        return
    own = [station for station in network.stations if station.operator == network.operators[0]]
    states = (Station.Approval.SUBMITTED, Station.Approval.SUBMITTED, Station.Approval.DRAFT)
    for station, state in zip(own[-3:], states, strict=False):
        station.approval = state


def _write_network(network: Network, now: datetime, progress: Callable[[int], object]) -> None:
    Operator.objects.bulk_create([one for one in network.operators if one._state.adding])
    OperatorPlan.objects.bulk_create(_granted_plans(network, now), ignore_conflicts=True)
    new = [
        tariff
        for tariff, version in zip(network.tariffs, network.versions, strict=True)
        if version._state.adding
    ]
    versions = [version for version in network.versions if version._state.adding]
    Tariff.objects.bulk_create(new)
    TariffVersion.objects.bulk_create(versions)
    for tariff, version in zip(new, versions, strict=True):
        tariff.current = version
    Tariff.objects.bulk_update(new, ["current"])
    Station.objects.bulk_create(network.stations, batch_size=BATCH)
    BookingTerms.objects.bulk_create(network.terms, batch_size=BATCH)
    ParkingPlace.objects.bulk_create(network.places, batch_size=BATCH)
    EVSE.objects.bulk_create(network.evses, batch_size=BATCH)
    Connector.objects.bulk_create(network.connectors, batch_size=BATCH)
    through = EVSE.parking_places.through
    through.objects.bulk_create(
        [through(evse_id=evse.pk, parkingplace_id=place.pk) for evse, place in network.bays], batch_size=BATCH
    )
    ApprovalStep.objects.bulk_create(_approval_steps(network, now), batch_size=BATCH)
    StationImage.objects.bulk_create(_images(network), batch_size=BATCH)
    progress(len(network.stations))


def _granted_plans(network: Network, now: datetime) -> list[OperatorPlan]:
    """The generated operators are larger than the free plan, and can still grow."""
    return [
        OperatorPlan(operator=one, granted=True, created_at=now, last_updated=now)
        for one in network.operators
    ]


def _approval_steps(network: Network, now: datetime) -> list[ApprovalStep]:
    draft, submitted, approved = Station.Approval.DRAFT, Station.Approval.SUBMITTED, Station.Approval.APPROVED
    steps = []
    for station in network.stations:
        if station.approval != draft:
            steps.append(ApprovalStep(station=station, at=now, from_state=draft, to_state=submitted))
        if station.approval == approved:
            steps.append(ApprovalStep(station=station, at=now, from_state=submitted, to_state=approved))
    return steps


def _images(network: Network) -> list[StationImage]:
    random = Random("drawings")  # noqa: S311
    return [
        StationImage(
            id=station.id,
            station=station,
            file=drawing(network.kinds[station.id], random.randrange(VARIANTS)),
            width=960,
            height=540,
            alt=f"Drawing of charging posts at {station.name}",
        )
        for station in network.stations
    ]


def _load(
    found: Visits,
    bays: list[Bay],
    people: list[Driver],
    random: Random,
    now: datetime,
    report: Report,
    seed: int,
    network: Network,
    bills: Bills | None,
) -> int:
    """Bookings; where nobody may sign in yet, the three sign-ins come first and the driver gets some of them."""
    progress = report("bookings")
    if User.objects.filter(email="driver@example.org").exists():
        return load(found, bays, people, random=random, now=now, bills=bills, progress=progress)
    driver = sign_ins(network.operators[0], random)
    own = _for_the_demo_driver(found, now, seed)
    written = 0
    for part, people_of_part in ((own, [driver]), (~own, people)):
        visits = Visits(found.evse[part], found.start[part], found.end[part])
        written += load(visits, bays, people_of_part, random=random, now=now, bills=bills, progress=progress)
    return written


def _for_the_demo_driver(found: Visits, now: datetime, seed: int) -> NDArray[np.bool_]:
    """Which visits are the demo driver's: three of the last weeks and one tomorrow, as far as there are such."""
    rng = np.random.default_rng(seed + 1)
    days = (found.end - int(now.timestamp())) / 86400
    tomorrow = int(now.astimezone(ZoneInfo("Europe/Berlin")).replace(hour=23, minute=59).timestamp())
    chosen = np.zeros(len(days), dtype=bool)
    for wanted, count in (((days < -1) & (days > -20), 3), ((found.start > tomorrow) & (days < 2.5), 1)):
        fitting = np.flatnonzero(wanted)
        chosen[rng.choice(fitting, min(count, fitting.size), replace=False)] = True
    return chosen
