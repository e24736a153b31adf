"""python -m benchmarks [--scale 1.0] [CASE…]: measure, print, and write RESULTS.md when all cases ran."""

import argparse
import os
import sys
from typing import LiteralString

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evbooking.settings")
django.setup()

import psycopg  # noqa: E402

from benchmarks import cases, money, relaying, report  # noqa: E402
from benchmarks.cases import Bench  # noqa: E402
from benchmarks.databases import dsn_of, prepare  # noqa: E402
from benchmarks.web import serving  # noqa: E402

ONE = {
    "search": cases.search,
    "station": cases.station_day,
    "recommend": cases.recommend,
    "booking": cases.book,
    "webhooks": cases.webhooks,
    "checkout": cases.check_out,
    "relay": relaying.relay_events,
    "memory": cases.memory,
}
TITLES = {
    "search": "Search: 30 nearest stations x all EVSEs x 12 h of starts",
    "station": "One station's day",
    "recommend": "A ranked answer for 30 stations",
    "booking": "Booking",
    "webhooks": "Stripe's webhooks",
    "checkout": "Checkout",
    "relay": "Events: from the outbox to those who listen",
    "memory": "Memory",
    "growth": "Cost does not grow: 10 thousand against 2 million bookings",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(TITLES)}; all by default")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full number of requests")
    options = parser.parse_args()
    wanted = options.cases or list(TITLES)
    if set(wanted) - set(TITLES):
        parser.error(
            f"There is no case {sorted(set(wanted) - set(TITLES))[0]!r}: choose of {', '.join(TITLES)}."
        )
    sections: dict[str, list[report.Row]] = {}
    many = prepare("2m")
    with money.sandbox() as stripe, serving(paying := money.paying(many, stripe)) as web:
        bench = Bench(web, paying, options.scale)
        for name in wanted:
            if name in ONE:
                sections[TITLES[name]] = _told(TITLES[name], ONE[name](bench))
        if "growth" in wanted:
            few = prepare("10k")
            with serving(few) as other:
                rows = cases.growth(bench, Bench(other, few, options.scale))
            sections[TITLES["growth"]] = _told(TITLES["growth"], rows)
    if not options.cases:
        report.write(sections, *_database(many))
    return 0


def _told(title: str, rows: list[report.Row]) -> list[report.Row]:
    sys.stdout.write("\n".join([f"\n{title}", *(row.as_markdown() for row in rows)]) + "\n")
    sys.stdout.flush()
    return rows


def _database(env: dict[str, str]) -> tuple[str, str]:
    tables = ("stations_station", "stations_evse", "bookings_booking")
    with psycopg.connect(dsn_of(env)) as connection:
        server = f"{_value(connection, 'SHOW server_version')} with fsync {_value(connection, 'SHOW fsync')}"
        counts = [_value(connection, f"SELECT count(*) FROM {one}") for one in tables]
    return server, "Database: {:,} stations, {:,} EVSEs, {:,} bookings.".format(*counts)


def _value(connection: "psycopg.Connection[tuple[object, ...]]", query: LiteralString) -> object:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


if __name__ == "__main__":
    sys.exit(main())
