"""Booking: POST /api/v1/bookings, and the same rows written by SQL alone."""

import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from psycopg.types.json import Jsonb

from benchmarks.load import Client, Job


@dataclass(frozen=True, slots=True)
class Bay:
    """An EVSE that is always open."""

    station_id: str
    evse_id: str
    evse_uid: str
    tariff_version_id: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A free slot at an EVSE, and who books it."""

    bay: Bay
    start: datetime
    driver_id: str

    @property
    def end(self) -> datetime:
        return self.start + timedelta(hours=1)


_BAYS = """
SELECT s.id::text, e.id::text, e.uid, t.current_id::text
FROM stations_evse e
JOIN stations_station s ON s.id = e.station_id
JOIN stations_tariff t ON t.id = s.tariff_id
WHERE s.approval = 'APPROVED' AND (s.opening_times ->> 'twentyfourseven')::boolean
  AND e.removed_at IS NULL AND NOT e.walk_in_only AND e.inhibits = '{}'
ORDER BY e.uid
"""


def slots(dsn: str, count: int, seed: int, now: datetime, drivers: list[str]) -> list[Slot]:
    """So many different slots, 12 to 28 days ahead, where the generated network has no bookings."""
    chance = random.Random(seed)
    first = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=12)
    with psycopg.connect(dsn, autocommit=True) as connection:
        bays = connection.execute(_BAYS).fetchall()
    chosen: set[tuple[int, int]] = set()
    while len(chosen) < count:
        chosen.add((chance.randrange(len(bays)), chance.randrange(16 * 12)))
    picked = sorted(chosen, key=lambda _: chance.random())
    return [
        Slot(Bay(*map(str, bays[bay])), first + timedelta(hours=2 * step), drivers[i % len(drivers)])
        for i, (bay, step) in enumerate(picked)
    ]


def http_jobs(port: int, tokens: dict[str, str], some: list[Slot]) -> list[Job]:
    """POSTs with an Idempotency-Key, each answered 201."""
    client = Client(port)
    return [_post(client, tokens[slot.driver_id], slot) for slot in some]


def _post(client: Client, token: str, slot: Slot) -> Callable[[], object]:
    body = json.dumps(
        {
            "station": slot.bay.station_id,
            "evse_uid": slot.bay.evse_uid,
            "start": slot.start.isoformat(),
            "end": slot.end.isoformat(),
            "energy_kwh": "8",
        }
    ).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Session-Token": token,
        "Idempotency-Key": str(uuid.uuid4()),
    }
    return lambda: client.call("POST", "/api/v1/bookings", body=body, headers=headers, expect=201)


_KEY = """INSERT INTO core_idempotencykey (id, user_id, fingerprint, claimed_at) VALUES (%s, %s, %s, now())
ON CONFLICT DO NOTHING RETURNING id"""
_BOOKING = """
INSERT INTO bookings_booking (id, request_id, reference, driver_id, station_id, evse_id, connector, start, "end",
    blocked_until, energy_kwh, power_kw, status, hold_expires_at, payment_status, quote, total_amount, currency, terms,
    tariff_version_id, canceled_by, canceled_reason, fee_amount, created_at, last_updated)
VALUES (%(id)s, %(request)s, %(reference)s, %(driver)s, %(station)s, %(evse)s, 'IEC_62196_T2', %(start)s, %(end)s,
    %(end)s, 8, 11, 'HELD', now() + interval '10 minutes', 'none', %(quote)s, 3.92, 'EUR', %(terms)s,
    %(version)s, '', '', 0, now(), now())
ON CONFLICT DO NOTHING RETURNING id"""
_HISTORY = """INSERT INTO bookings_bookingtransition (booking_id, at, from_status, to_status, actor_id, reason)
VALUES (%(id)s, now(), '', 'HELD', %(driver)s, '')"""
_SUBJECT = """INSERT INTO core_eventsubject AS s (subject, last) VALUES (%s, 1)
ON CONFLICT (subject) DO UPDATE SET last = s.last + 1 RETURNING last"""
_EVENT = """INSERT INTO core_domainevent (type, subject, sequence, data, occurred_at)
VALUES ('booking.held', %s, %s, %s, now())"""
_AUDIT = """INSERT INTO core_auditentry (at, actor_id, action, target_type, target_id, after, reason)
VALUES (now(), %s, 'booking.held', 'bookings.booking', %s, %s, '')"""
_ANSWERED = "UPDATE core_idempotencykey SET status = 201, body = %s WHERE id = %s"


def sql_jobs(dsn: str, some: list[Slot]) -> list[Job]:
    """The same rows by psycopg: key, then booking, history, event and audit in one transaction, then the answer."""
    connection = psycopg.connect(dsn, autocommit=True)
    return [_write(connection, slot) for slot in some]


def _write(connection: "psycopg.Connection[tuple[object, ...]]", slot: Slot) -> Callable[[], object]:
    text = json.dumps({"lines": [{"dimension": "ENERGY", "amount": "3.92"}], "note": "x" * 500})

    def job() -> None:
        id_, key = uuid.uuid4(), uuid.uuid4()
        reference = "".join(random.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=8))
        values = {
            "id": id_,
            "request": uuid.uuid4(),
            "reference": reference,
            "driver": slot.driver_id,
            "station": slot.bay.station_id,
            "evse": slot.bay.evse_id,
            "start": slot.start,
            "end": slot.end,
            "quote": text,
            "terms": text,
            "version": slot.bay.tariff_version_id,
        }
        connection.execute(_KEY, [key, slot.driver_id, key.bytes * 2])
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [slot.bay.evse_id])
            connection.execute(_BOOKING, values)
            connection.execute(_HISTORY, values)
            connection.execute(_SUBJECT, [f"booking:{reference}"])
            connection.execute(_EVENT, [f"booking:{reference}", 1, text])
            connection.execute(_AUDIT, [slot.driver_id, str(id_), Jsonb({"status": "HELD"})])
        connection.execute(_ANSWERED, [text.encode(), key])

    return job


def forget(dsn: str, since: datetime) -> None:
    """Take back what was booked, so that the next run finds the same free slots."""
    with psycopg.connect(dsn) as connection:
        ids = "SELECT id FROM bookings_booking WHERE created_at >= %s AND start >= %s"
        values = [since, since + timedelta(days=11)]
        connection.execute(f"DELETE FROM bookings_bookingtransition WHERE booking_id IN ({ids})", values)
        connection.execute("DELETE FROM bookings_booking WHERE created_at >= %s AND start >= %s", values)
