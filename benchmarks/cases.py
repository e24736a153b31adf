"""The cases: each measures one thing and returns its rows of the table."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import mean

import psycopg

from benchmarks import booking, checkout, money, searching
from benchmarks.databases import ROOT, dsn_of
from benchmarks.load import Client, Job, Load, closed, offered
from benchmarks.meter import Meter, Used, memory_mb
from benchmarks.report import Row
from benchmarks.web import Web

CLIENTS = 4


@dataclass(frozen=True, slots=True)
class Bench:
    """What a case needs: a running web server, its database, and how much to do (1 = a full run)."""

    web: Web
    env: dict[str, str]
    scale: float = 1.0

    @property
    def dsn(self) -> str:
        return dsn_of(self.env)

    def count(self, full: int) -> int:
        return max(CLIENTS, int(full * self.scale))

    def run(self, make: Callable[[int], list[Job]]) -> tuple[Load, Used]:
        """All clients at once, each with the jobs `make(client number)` gives; with what they used of the CPU."""
        clients = [make(number) for number in range(CLIENTS)]
        with (
            psycopg.connect(self.dsn, autocommit=True) as connection,
            Meter(self.web.pid, connection).measure() as used,
        ):
            load = closed(clients)
        if load.failed:
            raise SystemExit(f"{load.failed} of {len(load.latencies)} jobs failed.")
        return load, used


def search(bench: Bench) -> list[Row]:
    """GET /slots against the better of two ways to ask SQL for the same starts."""
    now = datetime.now(UTC)
    searching.check_same_answers(bench.web.port, bench.dsn, searching.queries(bench.count(12), 1, now))
    each = bench.count(300) // CLIENTS
    some = [searching.queries(each, 10 + number, now) for number in range(CLIENTS)]
    rates: dict[str, Load] = {}
    for variant in searching.VARIANTS:
        fewer = [part[: max(2, each // 4)] for part in some]
        rates[variant], _ = bench.run(
            lambda number, v=variant, f=fewer: searching.sql_jobs(bench.dsn, v, f[number])  # type: ignore[misc]
        )
    bench.run(lambda number: searching.http_jobs(bench.web.port, some[number][:10]))  # its caches fill
    ours, used = bench.run(lambda number: searching.http_jobs(bench.web.port, some[number]))
    best = max(rates, key=lambda name: rates[name].rate)
    ratio, slow = ours.rate / rates[best].rate, ours.percentile(0.99) / rates[best].percentile(0.99)
    queries = sql_queries(bench, some[0][0].path)
    beside = ", ".join(f"{name} {load.rate:.0f}/s" for name, load in rates.items())
    return [
        Row(
            "searches a second",
            f"{ours.rate:.0f}/s, {ratio:.2f} of SQL",
            beside,
            "0.5 of the best SQL",
            ratio >= 0.5,
        ),
        Row(
            "p99",
            f"{ours.percentile(0.99):.0f} ms, {slow:.2f} of SQL",
            f"{rates[best].percentile(0.99):.0f} ms",
            "at most 3 of SQL",
            slow <= 3,
        ),
        Row("SQL queries", str(queries), "", "at most 4", queries <= 4),
        _cpu("CPU a search", ours, used),
    ]


def station_day(bench: Bench) -> list[Row]:
    """One station's slots for a day with quotes, and the 304 when nothing changed."""
    with psycopg.connect(bench.dsn, autocommit=True) as connection:
        ids = connection.execute(
            "SELECT id::text FROM stations_station WHERE approval = 'APPROVED' ORDER BY md5(id::text) LIMIT 400"
        ).fetchall()
    paths = [f"/api/v1/stations/{one}/slots?duration_minutes=60" for (one,) in ids]
    each = bench.count(800) // CLIENTS

    def full(number: int) -> list[Job]:
        client = Client(bench.web.port)
        return [_plain(client, paths[(i * CLIENTS + number) % len(paths)]) for i in range(each)]

    def unchanged(number: int) -> list[Job]:
        client = Client(bench.web.port)
        etag = client.call("GET", paths[number], expect=200)[1]
        return [_conditional(client, paths[number], etag) for _ in range(each)]

    bench.run(full)
    load, used = bench.run(full)
    again, spared = bench.run(unchanged)
    spent, saved = _each(load, used.app), _each(again, spared.app)
    return [
        Row("app CPU, a day's slots with quotes", f"{spent:.1f} ms", "", "under 6 ms", spent < 6),
        Row("app CPU, 304", f"{saved:.1f} ms", "", "under 2 ms", saved < 2),
        _cpu("CPU a day's slots", load, used),
        Row("rate", f"{load.rate:.0f}/s full, {again.rate:.0f}/s unchanged"),
    ]


def recommend(bench: Bench) -> list[Row]:
    """Candidates, features and a ranked answer for the 30 nearest stations; the network alone."""
    command = [sys.executable, "-m", "benchmarks.recommending", str(bench.count(200))]
    output = subprocess.run(command, env=bench.env, cwd=ROOT, capture_output=True, text=True, check=True)
    spent = json.loads(output.stdout)
    total, network = spent["candidates_ms"] + spent["ranking_ms"], spent["network_ms"]
    parts = f"candidates {spent['candidates_ms']:.1f} ms, ranking {spent['ranking_ms']:.1f} ms"
    return [
        Row("CPU an answer", f"{total:.1f} ms", parts, "under 15 ms", total < 15),
        Row("CPU of the network", f"{network:.2f} ms", "", "under 1 ms", network < 1),
        Row("answered by", spent["answered_by"], "", "dqn", spent["answered_by"] == "dqn"),
    ]


def book(bench: Bench) -> list[Row]:
    """POST /bookings against SQL that writes the same rows; then at half the rate reached."""
    began = datetime.now(UTC)
    each = bench.count(1200) // CLIENTS
    tokens = sign_in(bench, each * 3)
    parts = 2 * CLIENTS + 2
    every = booking.slots(bench.dsn, each * parts, 7, began, list(tokens))
    part = [every[i::parts] for i in range(parts)]
    try:
        sql, _ = bench.run(lambda number: booking.sql_jobs(bench.dsn, part[number]))
        booking.http_jobs(bench.web.port, tokens, part[-1][:1])[0]()
        ours, used = bench.run(
            lambda number: booking.http_jobs(bench.web.port, tokens, part[CLIENTS + number])
        )
        rest = part[-2]
        calm = offered_load(bench, tokens, rest, ours.rate / 2)
    finally:
        booking.forget(bench.dsn, began)
    ratio, p99 = ours.rate / sql.rate, calm.percentile(0.99)
    return [
        Row(
            "bookings a second",
            f"{ours.rate:.0f}/s, {ratio:.2f} of SQL",
            f"{sql.rate:.0f}/s",
            "0.10 of SQL",
            ratio >= 0.1,
        ),
        Row("p99 at half that rate offered", f"{p99:.0f} ms", "", "under 100 ms", p99 < 100),
        _cpu("CPU a booking", ours, used),
    ]


def offered_load(bench: Bench, tokens: dict[str, str], some: list[booking.Slot], rate: float) -> Load:
    """The same POSTs at an offered rate, over as many connections as the server has threads."""
    clients = [booking.http_jobs(bench.web.port, tokens, some[number::CLIENTS]) for number in range(CLIENTS)]
    jobs = [clients[i % CLIENTS][i // CLIENTS] for i in range(len(some) // CLIENTS * CLIENTS)]
    return offered(jobs, rate=rate, clients=CLIENTS)


def webhooks(bench: Bench) -> list[Row]:
    """A burst of Stripe's events, all at once by every client."""
    count, batch = bench.count(10_000), money.new_batch()
    bodies = money.events(count, batch)
    load, used = bench.run(lambda number: money.webhook_jobs(bench.web.port, bodies[number::CLIENTS]))
    kept = money.stored(bench.dsn, batch)
    money.forget(bench.dsn, batch)
    each = used.app / count * 1000
    cpu = f"{each:.1f} ms app, {used.postgres / count * 1000:.1f} ms PostgreSQL"
    return [
        Row("CPU an event taken in", cpu, "", "app under 4 ms", each < 4),
        Row("events lost of a burst", f"{count - kept} of {count:,}", "", "none", kept == count),
        Row("rate", f"{load.rate:.0f}/s, p99 {load.percentile(0.99):.0f} ms"),
    ]


def check_out(bench: Bench) -> list[Row]:
    """A driver's first POST /checkout: what it adds to a request, and to the stripe library's three alone.

    In rounds, beside what it is held against: a machine that is slow for a while is slow for both.
    """
    subprocess.run([sys.executable, "-m", "benchmarks.payees"], env=bench.env, cwd=ROOT, check=True)
    began, count = datetime.now(UTC), bench.count(400)
    tokens = sign_in(bench, count)
    slots = booking.slots(bench.dsn, count, 9, began, list(tokens))
    rounds = 4
    try:
        bench.run(lambda number: booking.http_jobs(bench.web.port, tokens, slots[number::CLIENTS]))
        held = checkout.ask_for_payment(bench.dsn, began)
        part = [held[i :: rounds + 1] for i in range(rounds + 1)]
        for warm in (checkout.http_jobs, checkout.unknown_jobs):
            _cpu_ms(bench, warm, tokens, part[0])
        whole, plain, bare = [], [], []
        for some in part[1:]:
            whole.append(_cpu_ms(bench, checkout.http_jobs, tokens, some))
            plain.append(_cpu_ms(bench, checkout.unknown_jobs, tokens, some))
            bare.append(checkout.bare_seconds(bench.env["STRIPE_API_BASE"], len(some), CLIENTS) * 1000)
    finally:
        checkout.forget(bench.dsn, began)
        booking.forget(bench.dsn, began)
    adds = mean(whole) - mean(plain) - mean(bare)
    beside = f"{mean(plain):.1f} ms any request, {mean(bare):.1f} ms stripe library"
    return [
        Row("our own CPU that checkout adds", f"{adds:.1f} ms", beside, "under 8 ms", adds < 8),
        Row("app CPU of a checkout, all of it", f"{mean(whole):.1f} ms"),
    ]


def memory(bench: Bench) -> list[Row]:
    """The web process after all of that, and what it must never import."""
    used = memory_mb(bench.web.pid)
    code = "import evbooking.wsgi, sys; print(sorted({'torch', 'stable_baselines3'} & set(sys.modules)))"
    heavy = subprocess.run(
        [sys.executable, "-c", code], env=bench.env, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    return [
        Row("memory of a web process", f"{used:.0f} MB", "", "under 180 MB", used < 180),
        Row("training code it imports", "none" if heavy == "[]" else heavy, "", "none", heavy == "[]"),
    ]


def growth(many: Bench, few: Bench) -> list[Row]:
    """CPU of search and booking, app and PostgreSQL together, with few bookings and with many."""
    rows = []
    for name, cost in (("search", _search_cost), ("booking", _booking_cost)):
        small, large = cost(few), cost(many)
        factor = large / small
        rows.append(
            Row(
                f"CPU a {name}",
                f"{large:.1f} ms at 2 M",
                f"{small:.1f} ms at 10 k",
                "within 1.5 times",
                factor <= 1.5,
            )
        )
    return rows


def _search_cost(bench: Bench) -> float:
    now = datetime.now(UTC)
    each = bench.count(200) // CLIENTS
    for seed in (1, 2):  # the first round fills its caches
        load, used = bench.run(
            lambda number, s=seed: searching.http_jobs(  # type: ignore[misc]
                bench.web.port, searching.queries(each, 100 * s + number, now)
            )
        )
    return _each(load, used.app + used.postgres)


def _booking_cost(bench: Bench) -> float:
    began = datetime.now(UTC)
    each = bench.count(400) // CLIENTS
    tokens = sign_in(bench, each * 2)
    every = booking.slots(bench.dsn, each * CLIENTS, 8, began, list(tokens))
    try:
        load, used = bench.run(lambda n: booking.http_jobs(bench.web.port, tokens, every[n::CLIENTS]))
    finally:
        booking.forget(bench.dsn, began)
    return _each(load, used.app + used.postgres)


def sign_in(bench: Bench, count: int) -> dict[str, str]:
    """Session tokens by driver id."""
    command = [sys.executable, "-m", "benchmarks.tokens", str(count)]
    output = subprocess.run(
        command, env=bench.env, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    tokens: dict[str, str] = json.loads(output)
    return tokens


def sql_queries(bench: Bench, path: str) -> int:
    """How many queries one request makes, counted by Django's own log in a process of its own."""
    code = (
        "import django; django.setup()\n"
        "from django.db import connection; from django.test import Client\n"
        "from django.test.utils import CaptureQueriesContext\n"
        f"client = Client(); client.get({path!r})\n"
        f"with CaptureQueriesContext(connection) as found: client.get({path!r})\n"
        "print('QUERIES', len(found))"
    )
    env = {**bench.env, "DJANGO_SETTINGS_MODULE": "evbooking.settings", "ALLOWED_HOSTS": "testserver"}
    output = subprocess.run(
        [sys.executable, "-c", code], env=env, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    match = re.search(r"QUERIES (\d+)", output)
    return int(match[1]) if match else -1


def _cpu_ms(
    bench: Bench,
    jobs: Callable[[int, dict[str, str], list[checkout.Held]], list[Job]],
    tokens: dict[str, str],
    some: list[checkout.Held],
) -> float:
    """CPU of the app for a request about each of these bookings."""
    load, used = bench.run(lambda number: jobs(bench.web.port, tokens, some[number::CLIENTS]))
    return _each(load, used.app)


def _each(load: Load, seconds: float) -> float:
    return seconds * 1000 / len(load.latencies)


def _cpu(what: str, load: Load, used: Used) -> Row:
    return Row(what, f"{_each(load, used.app):.1f} ms app, {_each(load, used.postgres):.1f} ms PostgreSQL")


def _plain(client: Client, path: str) -> Job:
    return lambda: client.call("GET", path, expect=200)


def _conditional(client: Client, path: str, etag: str) -> Job:
    return lambda: client.call("GET", path, headers={"If-None-Match": etag}, expect=304)
