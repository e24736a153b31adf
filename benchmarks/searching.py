"""Search: the 30 nearest stations x all their EVSEs x 12 hours of starts, over HTTP and in SQL alone."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import psycopg

from benchmarks.load import Client, Job
from evbooking.demo.places import CITIES

HOURS = 12
MINUTES = 60
STATIONS = 30
Answer = dict[str, set[str]]

# The nearest stations and their open starts, as ours finds them: approved, open all through, on the grid.
_OPEN_STARTS = """
WITH near AS MATERIALIZED (
    SELECT s.id, s.time_zone, s.opening_times, t.buffer_minutes,
           t.min_booking_duration <= %(minutes)s AND t.max_booking_duration >= %(minutes)s AS allowed
    FROM stations_station s
    JOIN stations_bookingterms t ON t.station_id = s.id
    JOIN accounts_operator o ON o.id = s.operator_id AND o.status = 'ACTIVE'
    WHERE s.approval = 'APPROVED' AND s.tariff_id IS NOT NULL
      AND s.latitude BETWEEN %(lat)s - %(box)s AND %(lat)s + %(box)s
      AND s.longitude BETWEEN %(lon)s - 1.7 * %(box)s AND %(lon)s + 1.7 * %(box)s
    ORDER BY power(sin(radians(s.latitude - %(lat)s) / 2), 2) + cos(radians(%(lat)s)) * cos(radians(s.latitude))
             * power(sin(radians(s.longitude - %(lon)s) / 2), 2)
    LIMIT %(stations)s
),
hours AS MATERIALIZED (
    SELECT near.id, (h ->> 'weekday')::int AS weekday, (h ->> 'period_begin')::interval AS opens,
           (h ->> 'period_end')::interval AS closes
    FROM near CROSS JOIN LATERAL jsonb_array_elements(near.opening_times -> 'regular_hours') h
),
starts AS MATERIALIZED (
    SELECT near.id, g AS start, g + %(minutes)s * interval '1 minute' AS finish,
           g + (%(minutes)s + near.buffer_minutes) * interval '1 minute' AS blocked_until
    FROM near CROSS JOIN generate_series(%(from)s::timestamptz, %(to)s::timestamptz - interval '15 minutes',
                                         interval '15 minutes') g
    WHERE near.allowed AND (
        (near.opening_times ->> 'twentyfourseven')::boolean OR EXISTS (
            SELECT 1 FROM hours
            WHERE hours.id = near.id
              AND hours.weekday = extract(isodow FROM g AT TIME ZONE near.time_zone)
              AND (g AT TIME ZONE near.time_zone)::time >= hours.opens::time
              AND (g AT TIME ZONE near.time_zone) + %(minutes)s * interval '1 minute'
                  <= date_trunc('day', g AT TIME ZONE near.time_zone) + hours.closes))
),
bays AS MATERIALIZED (
    SELECT e.id, e.station_id FROM stations_evse e JOIN near ON near.id = e.station_id
    WHERE e.removed_at IS NULL AND NOT e.walk_in_only AND e.inhibits = '{}'
)
"""
_BLOCKS = """status IN ('HELD', 'PENDING', 'RESERVED', 'FULFILLED')
    AND (status <> 'HELD' OR hold_expires_at > %(now)s)"""
_RESULT = "SELECT near.id::text, array_agg(DISTINCT f.start) FILTER (WHERE f.start IS NOT NULL) FROM near"
VARIANTS = {
    "NOT EXISTS per start": f"""{_OPEN_STARTS}
{_RESULT} LEFT JOIN LATERAL (
    SELECT starts.start FROM starts JOIN bays ON bays.station_id = starts.id
    WHERE starts.id = near.id AND NOT EXISTS (
        SELECT 1 FROM bookings_booking b
        WHERE b.evse_id = bays.id AND b.start < starts.blocked_until AND b.blocked_until > starts.start AND {_BLOCKS})
) f ON true GROUP BY near.id""",
    "one multirange per EVSE": f"""{_OPEN_STARTS},
busy AS MATERIALIZED (
    SELECT bays.id, bays.station_id, (
        SELECT range_agg(b.blocked) FROM bookings_booking b
        WHERE b.evse_id = bays.id AND b.start < %(until)s AND b.blocked_until > %(from)s AND {_BLOCKS}) AS taken
    FROM bays
)
{_RESULT} LEFT JOIN LATERAL (
    SELECT starts.start FROM starts JOIN busy ON busy.station_id = starts.id
    WHERE starts.id = near.id
      AND (busy.taken IS NULL OR NOT busy.taken && tstzrange(starts.start, starts.blocked_until))
) f ON true GROUP BY near.id""",
}


@dataclass(frozen=True, slots=True)
class Query:
    """One search: a place and the window's begin."""

    latitude: float
    longitude: float
    begin: datetime

    @property
    def path(self) -> str:
        values = {
            "lat": self.latitude,
            "lon": self.longitude,
            "limit": STATIONS,
            "from": self.begin.isoformat(),
            "to": (self.begin + timedelta(hours=HOURS)).isoformat(),
            "duration_minutes": MINUTES,
        }
        return f"/api/v1/slots?{urlencode(values)}"

    @property
    def parameters(self) -> dict[str, object]:
        end = self.begin + timedelta(hours=HOURS)
        return {
            "lat": self.latitude,
            "lon": self.longitude,
            "box": 0.12,
            "stations": STATIONS,
            "minutes": MINUTES,
            "from": self.begin,
            "to": end,
            "until": end + timedelta(minutes=MINUTES + 240),
            "now": datetime.now(UTC),
        }


def queries(count: int, seed: int, now: datetime) -> list[Query]:
    """Searches in the biggest cities, starting on the next hour or within the next day."""
    chance = random.Random(seed)
    hour = next_hour(now)
    found = []
    for _ in range(count):
        city = chance.choice(CITIES[:8])
        latitude = round(city.latitude + chance.uniform(-0.02, 0.02), 5)
        longitude = round(city.longitude + chance.uniform(-0.03, 0.03), 5)
        found.append(Query(latitude, longitude, hour + timedelta(hours=chance.randrange(24))))
    return found


def next_hour(now: datetime) -> datetime:
    """The next full hour: no start of a window that begins there is past."""
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def http_jobs(port: int, some: list[Query]) -> list[Job]:
    client = Client(port)
    return [_get(client, query.path) for query in some]


def sql_jobs(dsn: str, variant: str, some: list[Query]) -> list[Job]:
    connection = psycopg.connect(dsn, autocommit=True)
    return [_execute(connection, VARIANTS[variant], query.parameters) for query in some]


def check_same_answers(port: int, dsn: str, some: list[Query]) -> None:
    """Raises SystemExit when SQL and HTTP disagree about a single start."""
    client = Client(port)
    with psycopg.connect(dsn, autocommit=True) as connection:
        for query, variant in _pairs(some):
            ours = _starts_of(json.loads(client.call("GET", query.path, expect=200)[0]))
            rows = connection.execute(VARIANTS[variant], query.parameters).fetchall()
            theirs = {str(station): {_text(start) for start in starts or []} for station, starts in rows}
            if ours != theirs:
                raise SystemExit(
                    f"{variant} and HTTP disagree about {query.path}: {_difference(ours, theirs)}"
                )


def _pairs(some: list[Query]) -> Iterator[tuple[Query, str]]:
    return ((query, variant) for query in some for variant in VARIANTS)


def _starts_of(body: dict[str, list[dict[str, object]]]) -> Answer:
    return {one["station"]["id"]: set(one["starts"]) for one in body["results"]}  # type: ignore[index,call-overload]


def _difference(ours: Answer, theirs: Answer) -> str:
    for station in sorted(ours.keys() | theirs.keys()):
        mine, other = ours.get(station), theirs.get(station)
        if mine != other:
            extra, missing = (mine or set()) - (other or set()), (other or set()) - (mine or set())
            return f"station {station}, only HTTP {sorted(extra)[:3]}, only SQL {sorted(missing)[:3]}"
    return "nothing"


def _text(start: datetime) -> str:
    return start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _get(client: Client, path: str) -> Job:
    return lambda: client.call("GET", path, expect=200)


def _execute(
    connection: "psycopg.Connection[tuple[object, ...]]", sql: str, parameters: dict[str, object]
) -> Callable[[], object]:
    return lambda: connection.execute(sql, parameters).fetchall()
