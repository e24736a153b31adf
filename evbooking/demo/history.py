"""Past and future bookings of the generated network, written by COPY.

Every row is what the services would have written: priced by the station's tariff version, terms accepted as a
snapshot, history with its instants, the session and the bill of each visit. The exclusion constraint stays on
while they are loaded.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection

from bookings.quoting import quote_for
from bookings.terms import AcceptedTerms
from evbooking.core.ocpi import CanceledReason
from evbooking.core.ocpi import ReservationStatus as S
from evbooking.demo.bills import Bills, Visit
from evbooking.demo.demand import Visits, visits
from evbooking.demo.kinds import KINDS
from evbooking.demo.network import Extent, Network, seeded_uuid
from evbooking.demo.people import Driver
from stations.models import EVSE, BookingTerms, Connector, Station, TariffVersion
from stations.pricing.rules import compile_tariff
from stations.versions import tariff_of

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
COLUMNS = (
    "id", "request_id", "reference", "driver_id", "vehicle_id", "station_id", "evse_id", "connector", "start", "end",
    "blocked_until", "energy_kwh", "power_kw", "status", "hold_expires_at", "answer_by", "payment_status", "quote",
    "total_amount", "currency", "terms", "tariff_version_id", "canceled_by", "canceled_reason", "fee_amount",
    "arrived_at", "stopped_at", "replaces_id", "created_at", "last_updated",
)  # fmt: skip
TRANSITION_COLUMNS = ("booking_id", "at", "from_status", "to_status", "actor_id", "reason")
FUTURE_HALF_LIFE_DAYS = 1.5
NULL = "\\N"
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Bay:
    """An EVSE with what a booking copies from its station."""

    station: Station
    evse: EVSE
    connector: Connector
    version: TariffVersion
    terms: AcceptedTerms
    terms_json: str


def planned_visits(network: Network, bays: list[Bay], extent: Extent, now: datetime, seed: int) -> Visits:
    """Who would come when, over the whole window; those nearest to now where the extent limits their number."""
    rng = np.random.default_rng(seed)
    window = (now - timedelta(days=extent.past_days), now + timedelta(days=extent.future_days))
    parts = []
    for kind in KINDS:
        at = np.array(
            [i for i, bay in enumerate(bays) if network.kinds[bay.station.id] is kind], dtype=np.int64
        )
        if at.size:
            buffers = np.array([bays[i].terms.buffer_minutes * 60 for i in at], dtype=np.int64)
            zone = ZoneInfo("Europe/Berlin")
            parts.append(
                visits(kind=kind, evses=at, buffers=buffers, window=window, zone=zone, intensity=1.0, rng=rng)
            )
    evse, start, end = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("evse", "start", "end")
    )
    ahead = (start - int(now.timestamp())) / 86400
    kept = (ahead <= 0) | (rng.random(len(start)) < 0.5 ** (ahead / FUTURE_HALF_LIFE_DAYS))
    nearest = np.argsort(np.abs(ahead[kept]), kind="stable")[: extent.bookings]
    evse, start, end = (column[kept][nearest] for column in (evse, start, end))
    order = np.lexsort((evse, start))
    return Visits(evse[order], start[order], end[order])


def load(
    found: Visits,
    bays: list[Bay],
    drivers: list[Driver],
    *,
    random: Random,
    now: datetime,
    bills: Bills | None,
    progress: Callable[[int], object],
) -> int:
    """Write all bookings and their history, and with `bills` their sessions and bills; returns how many bookings.

    `progress` is told the size of each batch.
    """
    rows = _rows(found, bays, drivers, random, now)
    written = 0
    with connection.cursor() as cursor:
        while batch := list(islice(rows, BATCH)):
            _copy(cursor, "bookings_booking", COLUMNS, [one for one, _, _ in batch])
            _copy(
                cursor,
                "bookings_bookingtransition",
                TRANSITION_COLUMNS,
                [step for _, many, _ in batch for step in many],
            )
            if bills is not None:
                bills.write([visit for _, _, visit in batch if visit is not None], cursor)
            written += len(batch)
            progress(len(batch))
    return written


def _copy(cursor: Any, table: str, columns: tuple[str, ...], lines: list[str]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        copy.write("\n".join(lines) + "\n")


def _rows(
    found: Visits, bays: list[Bay], drivers: list[Driver], random: Random, now: datetime
) -> Iterator[tuple[str, list[str], Visit | None]]:
    price = _Prices()
    references = _references(random)
    for evse, start, end in zip(found.evse.tolist(), found.start.tolist(), found.end.tolist(), strict=True):
        driver = random.choice(drivers)
        yield _row(bays[evse], driver, start, end, price, next(references), random, now)


def _row(
    bay: Bay,
    driver: Driver,
    start: int,
    end: int,
    price: "_Prices",
    reference: str,
    random: Random,
    now: datetime,
) -> tuple[str, list[str], Visit | None]:
    begin, finish = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
    limit = driver.vehicle.max_dc_kw if bay.connector.is_dc else driver.vehicle.max_ac_kw
    power = min(bay.connector.power_kw, limit)
    wanted = float(driver.vehicle.battery_kwh) * random.uniform(0.15, 0.75)
    reachable = int(min(wanted, float(power) * (end - start) / 3600))
    energy = Decimal(reachable // 2 * 2 or 1)
    quote, total = price.of(bay, begin, finish, energy, power)
    course = _course(bay, begin, finish, random, now)
    values = (
        seeded_uuid(random), seeded_uuid(random), reference, driver.user.pk, driver.vehicle.pk, bay.station.pk,
        bay.evse.pk, bay.connector.standard, begin, finish, bay.terms.blocked_until(finish), energy, power,
        course.status, NULL, course.answer_by or NULL, "none", quote, total, "EUR", bay.terms_json, bay.version.pk,
        course.canceled_by, course.canceled_reason, course.fee, course.arrived_at or NULL, course.stopped_at or NULL,
        NULL, course.created_at, course.steps[-1][0],
    )  # fmt: skip
    steps = [
        "\t".join((str(values[0]), at.isoformat(), before, after, str(driver.user.pk) if own else NULL, ""))
        for at, before, after, own in course.steps
    ]
    visit = _visit_of(course, bay, driver, UUID(str(values[0])), reference, begin, finish, energy, power)
    return "\t".join(map(str, values)), steps, visit


def _visit_of(
    course: "Course",
    bay: Bay,
    driver: Driver,
    booking_id: UUID,
    reference: str,
    start: datetime,
    end: datetime,
    energy: Decimal,
    power: Decimal,
) -> Visit | None:
    """What there is to bill; None for a booking that is not begun or canceled."""
    if course.status not in {S.FULFILLED, S.COMPLETED, S.NO_SHOW}:
        return None
    return Visit(
        booking_id=booking_id,
        reference=reference,
        driver=driver.user,
        evse=bay.evse,
        connector=bay.connector.standard,
        version=bay.version,
        start=start,
        kwh=energy,
        power_kw=power,
        arrived_at=course.arrived_at,
        left_at=course.stopped_at,
        released_at=min(bay.terms.arrival_until(start), end),
        fee=bay.terms.noshow_fee_amount,
    )


@dataclass(slots=True)
class Course:
    """What became of a booking: its state, the instants of its steps (at, from, to, by the driver)."""

    status: S
    created_at: datetime
    steps: list[tuple[datetime, str, str, bool]]
    answer_by: datetime | None = None
    canceled_by: str = ""
    canceled_reason: str = ""
    fee: Decimal = Decimal(0)
    arrived_at: datetime | None = None
    stopped_at: datetime | None = None


def _course(bay: Bay, start: datetime, end: datetime, random: Random, now: datetime) -> Course:
    lead = timedelta(minutes=min(random.expovariate(1 / 900) + 20, 6 * 1440))
    created = min(start - lead, now - timedelta(minutes=random.randint(11, 4000)))
    confirmed = created + timedelta(seconds=random.randint(20, 400))
    course = Course(S.RESERVED, created, [(created, "", S.HELD, True), (confirmed, S.HELD, S.RESERVED, True)])
    chance = random.random()
    if start > now and bay.terms.approval_required and chance < 0.3:
        course.status, course.steps[1] = S.PENDING, (confirmed, S.HELD, S.PENDING, True)
        course.answer_by = bay.terms.answer_by(now, start)
    elif chance > 0.95:
        _cancel(course, confirmed, min(start, now), random)
    elif start <= now:
        _visit(course, bay, start, end, random, now, came=chance < 0.9)
    return course


def _cancel(course: Course, after: datetime, before: datetime, random: Random) -> None:
    at = after + (max(before, after) - after) * random.random()
    course.status, course.canceled_by = S.CANCELED, "DRIVER"
    course.canceled_reason = random.choice((CanceledReason.NO_CANCELED, CanceledReason.TRAFFIC))
    course.steps.append((at, S.RESERVED, S.CANCELED, True))


def _visit(
    course: Course, bay: Bay, start: datetime, end: datetime, random: Random, now: datetime, *, came: bool
) -> None:
    grace = start + timedelta(minutes=bay.terms.noshow_timeout)
    if not came and grace < now:
        course.status, course.fee = S.NO_SHOW, bay.terms.noshow_fee_amount
        course.steps.append((grace, S.RESERVED, S.NO_SHOW, False))
        return
    course.status = S.FULFILLED
    course.arrived_at = min(start + timedelta(seconds=random.randint(-300, 600)), now)
    course.steps.append((course.arrived_at, S.RESERVED, S.FULFILLED, True))
    if end <= now:
        course.status, course.stopped_at = S.COMPLETED, end
        course.steps.append((end, S.FULFILLED, S.COMPLETED, False))


class _Prices:
    """Quotes by what they depend on here: tariff, time of day, length, energy, power."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], tuple[str, Decimal]] = {}

    def of(
        self, bay: Bay, start: datetime, end: datetime, energy: Decimal, power: Decimal
    ) -> tuple[str, Decimal]:
        zone = _zone(bay.station.time_zone)
        wall = start.astimezone(zone) if compile_tariff(tariff_of(bay.version)).needs_wall else None
        key = (bay.version.pk, wall and (wall.hour, wall.minute), end - start, energy, power)
        if key not in self._known:
            quote = quote_for(bay.version, zone=zone, start=start, end=end, energy_kwh=energy, power_kw=power)
            self._known[key] = (_json(quote.as_json()), quote.total.amount)
        return self._known[key]


_zone = cache(ZoneInfo)


def _json(value: Any) -> str:
    """JSON as COPY's text format wants it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("\\", "\\\\")


def _references(random: Random) -> Iterator[str]:
    seen: set[int] = set()
    while True:
        number = random.getrandbits(40)
        if number not in seen:
            seen.add(number)
            yield "".join(ALPHABET[(number >> shift) & 31] for shift in range(0, 40, 5))


def bays_of(network: Network) -> list[Bay]:
    """The EVSEs that can be booked, each with its first connector, its tariff version and terms."""
    versions = {version.tariff_id: version for version in network.versions}
    on_site = BookingTerms.Payment.ON_SITE  # as before the station took payments online
    accepted = {
        terms.station_id: replace(AcceptedTerms.of(terms), payment=on_site) for terms in network.terms
    }
    first: dict[UUID, Connector] = {}
    for connector in network.connectors:
        first.setdefault(connector.evse_id, connector)
    return [
        Bay(
            evse.station, evse, first[evse.pk], versions[evse.station.tariff_id], accepted[evse.station_id],
            _json(accepted[evse.station_id].as_json()),
        )
        for evse in network.evses
        if not evse.walk_in_only
        and evse.station.approval == Station.Approval.APPROVED
        and evse.station.tariff_id is not None
    ]  # fmt: skip
