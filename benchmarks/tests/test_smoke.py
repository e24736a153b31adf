"""The benchmarks' own machinery, on a small network: what they compare is the same, what they count is right."""

import os
import random
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from psycopg.conninfo import make_conninfo
from pytest_django import Settings

from accounts.models import User
from benchmarks import booking, checkout, money, recommending, relaying, searching
from benchmarks.load import Refused, closed, offered
from benchmarks.meter import Meter, memory_mb
from benchmarks.payees import make_payees
from benchmarks.report import Row
from bookings.models import Booking
from evbooking.core.events import handlers
from evbooking.demo.places import HAMBURG
from payments.models import BookingAccount, Payment
from payments.sandbox.tests.running import SECRET
from payments.tests.conftest import use
from payments.tests.faults.installed.processes import database_url
from tests.sessions import session_key


@pytest.fixture
def network(transactional_db: None, tmp_path: Path, settings: Settings) -> str:
    """The small network; gives the connection string of its database."""
    settings.MEDIA_ROOT = tmp_path
    call_command("demo_data", verbosity=0)
    own = connection.settings_dict
    return make_conninfo(dbname=own["NAME"], user=own["USER"], host=own["HOST"])


def test_sql_and_http_find_the_same_starts(network: str, live_server: object) -> None:
    port = int(str(live_server).rpartition(":")[2])
    hour = searching.next_hour(datetime.now(UTC))
    query = searching.Query(HAMBURG.latitude, HAMBURG.longitude, hour)
    searching.check_same_answers(port, network, [query])
    with psycopg.connect(network, autocommit=True) as peer:
        rows = peer.execute(searching.VARIANTS["one multirange per EVSE"], query.parameters).fetchall()
    assert sum(len(starts or []) for _, starts in rows) > 100


def test_a_disagreement_is_named(network: str, live_server: object, monkeypatch: pytest.MonkeyPatch) -> None:
    port = int(str(live_server).rpartition(":")[2])
    hour = searching.next_hour(datetime.now(UTC))
    wrong = {
        name: sql.replace("NOT e.walk_in_only", "e.walk_in_only") for name, sql in searching.VARIANTS.items()
    }
    monkeypatch.setattr(searching, "VARIANTS", wrong)
    with pytest.raises(SystemExit, match="disagree"):
        searching.check_same_answers(
            port, network, [searching.Query(HAMBURG.latitude, HAMBURG.longitude, hour)]
        )


def test_both_ways_to_book_write_a_booking(network: str, live_server: object) -> None:
    port = int(str(live_server).rpartition(":")[2])
    began = datetime.now(UTC)
    driver = User.objects.filter(email__endswith="@demo.example")[0]
    first, second = booking.slots(network, 2, 1, began, [str(driver.pk)])
    before = Booking.objects.count()
    booking.http_jobs(port, {str(driver.pk): session_key(driver)}, [first])[0]()
    booking.sql_jobs(network, [second])[0]()
    assert Booking.objects.count() == before + 2
    with pytest.raises(Refused, match="409"):
        booking.http_jobs(port, {str(driver.pk): session_key(driver)}, [second])[0]()
    booking.forget(network, began)
    assert Booking.objects.count() == before


def test_a_burst_of_events_is_counted_and_forgotten(
    network: str, live_server: object, settings: Settings
) -> None:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test_bench", SECRET
    port, batch = int(str(live_server).rpartition(":")[2]), money.new_batch()
    for job in money.webhook_jobs(port, money.events(3, batch) * 2):
        job()
    assert money.stored(network, batch) == 3
    money.forget(network, batch)
    assert money.stored(network, batch) == 0


def test_a_checkout_asks_stripe_as_the_bare_library_does(
    network: str, live_server: object, settings: Settings
) -> None:
    port, began = int(str(live_server).rpartition(":")[2]), datetime.now(UTC)
    driver = User.objects.filter(email__endswith="@demo.example")[0]
    tokens = {str(driver.pk): session_key(driver)}
    with money.sandbox() as running:
        use(running, settings)
        make_payees(running.url)
        booking.http_jobs(port, tokens, booking.slots(network, 1, 1, began, [str(driver.pk)]))[0]()
        held = checkout.ask_for_payment(network, began)
        checkout.unknown_jobs(port, tokens, held)[0]()
        checkout.http_jobs(port, tokens, held)[0]()
        assert Payment.objects.get(account__booking__reference=held[0].reference).stripe_id is not None
        assert checkout.bare_seconds(running.url, 2, clients=2) > 0
        intents = running.client().v1.payment_intents.list().data
        assert len(intents) == 1 + 4 + 2  # the checkout's, two to warm each thread, and those that count
        assert {len(set(one.metadata.to_dict())) for one in intents} == {3}
    checkout.forget(network, began)
    booking.forget(network, began)
    assert not BookingAccount.objects.filter(created_at__gte=began).exists()


def test_events_are_told_by_a_relay_process_and_drained_in_order(transactional_db: None) -> None:
    env = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    listening = dict(handlers())
    found = relaying.measure(2_100, 5, 20, env)
    assert (found.relayed, found.disordered) == (2_100, 0)
    for waits in (found.waits_ms, found.crowded_ms):
        assert len(waits) == 5
        assert waits == sorted(waits)
        assert waits[0] > 0
    assert handlers() == listening
    assert [row.what for row in relaying.rows(found) if row.bar] == [
        "from commit to queued, p95",
        "the same while 20 people are told something",
        "events relayed by one process",
        "events out of their subject's order",
    ]


def test_an_order_that_is_broken_is_missed() -> None:
    late = relaying.rows(relaying.Measured([1.0, 1_200.0], [1_000.0], 7, 3.0, 0.5, 1_000, 1))
    assert [row.met for row in late] == [False, False, False, False]


def test_load_counts_every_job_and_every_refusal() -> None:
    def refuse() -> None:
        raise Refused("no")

    load = closed([[int, refuse], [int, int]])
    assert (len(load.latencies), load.failed) == (4, 1)
    assert load.latencies == sorted(load.latencies)
    assert len(offered([int] * 10, rate=10_000, clients=3).latencies) == 10


def test_the_meter_sees_the_cpu_that_was_used(network: str) -> None:
    with psycopg.connect(network, autocommit=True) as peer, Meter(os.getpid(), peer).measure() as used:
        peer.execute("SELECT count(*) FROM generate_series(1, 3000000)")
        sorted(random.random() for _ in range(400_000))
    assert used.app > 0
    assert used.postgres > 0
    assert memory_mb(os.getpid()) > 20


def test_a_missed_bar_stands_out() -> None:
    assert Row("p99", "9 ms", bar="under 5 ms", met=False).as_markdown().endswith("| **missed** |")


def test_a_ranked_answer_is_measured_and_says_who_answered(network: str, settings: Settings) -> None:
    settings.EVB_RANKER_BUDGET_MS = 10_000
    found = recommending.measure(2, searching.next_hour(datetime.now(UTC)))
    assert found["answered_by"] == "dqn"
    assert all(float(found[part]) > 0 for part in ("candidates_ms", "ranking_ms", "network_ms"))
