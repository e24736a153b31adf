"""API faults on demand, what survives a kill, and when the sandbox refuses to start."""

import os
import subprocess
import time
from pathlib import Path

import httpx
import pytest
import stripe

from payments.sandbox.tests.running import ROOT, Running, command, start
from payments.sandbox.tests.test_contract import pay


def test_too_many_requests_on_demand(own: Running) -> None:
    own.control("faults", target="api", kind="error", status=429, match="/v1/customers")
    with pytest.raises(stripe.RateLimitError):
        own.client().v1.customers.create({})
    assert own.client().v1.customers.list().data == []


def test_a_server_error_before_the_work_is_healed_by_the_librarys_retry(own: Running) -> None:
    own.control("faults", target="api", kind="error", status=500, match="/v1/payment_intents")
    assert pay(own.client(retries=1), "pm_card_visa").status == "succeeded"
    assert len(own.client().v1.charges.list().data) == 1


def test_an_answer_lost_after_the_work_charges_once(own: Running) -> None:
    own.control("faults", target="api", kind="error", status=500, when="after", match="/v1/payment_intents")
    assert pay(own.client(retries=1), "pm_card_visa").status == "succeeded"
    assert [charge.amount for charge in own.client().v1.charges.list()] == [1250]


def test_a_request_that_hangs_times_out_and_its_work_is_done_once(own: Running) -> None:
    own.control("faults", target="api", kind="hang", seconds=60, when="after", match="/v1/customers")
    impatient = stripe.StripeClient(
        "sk_test_any",
        base_addresses={"api": own.url},
        http_client=stripe.RequestsClient(timeout=0.5),
        max_network_retries=0,
    )
    key: stripe.RequestOptions = {"idempotency_key": "once"}
    with pytest.raises(stripe.APIConnectionError):
        impatient.v1.customers.create({}, key)
    again = own.client().v1.customers.create({}, key)
    assert [customer.id for customer in own.client().v1.customers.list()] == [again.id]


def test_a_fault_can_meet_one_kind_of_request_only(own: Running) -> None:
    own.control("faults", target="api", kind="error", match="POST /v1/customers")
    assert own.client().v1.customers.list().data == []
    with pytest.raises(stripe.APIError):
        own.client().v1.customers.create({})


def test_faults_are_cleared(own: Running) -> None:
    own.control("faults", target="api", kind="error", times=5)
    httpx.delete(f"{own.url}/_sandbox/faults")
    assert own.client().v1.customers.list().data == []


def test_everything_survives_a_kill(tmp_path: Path) -> None:
    state = str(tmp_path / "sandbox.sqlite3")
    running = start("--state", state)
    running.advance(3600)
    key: stripe.RequestOptions = {"idempotency_key": "before-the-kill"}
    customer = running.client().v1.customers.create({}, key)
    held = pay(running.client(), "pm_card_visa", capture_method="manual", customer=customer.id)
    running.process.kill()
    running.process.wait(10)

    again = start("--state", state)
    try:
        assert httpx.get(f"{again.url}/_sandbox/clock").json()["offset"] == 3600
        assert again.client().v1.customers.create({}, key).id == customer.id
        assert again.client().v1.payment_intents.capture(held.id).amount_received == 1250
    finally:
        again.stop()


def test_time_goes_back_in_an_empty_world_only(own: Running) -> None:
    week = 7 * 86_400
    assert own.control("clock", back=week)["offset"] == -week
    paid = pay(own.client(), "pm_card_visa")
    assert time.time() - paid.created == pytest.approx(week, abs=60)
    refused = httpx.post(f"{own.url}/_sandbox/clock", data={"back": week})
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "back")
    assert own.control("clock", advance=week)["offset"] == 0


@pytest.mark.parametrize("name", ["STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY"])
def test_it_does_not_start_beside_live_keys(name: str) -> None:
    value = ("sk" if "SECRET" in name else "pk") + "_live_51abcdef"
    ended = subprocess.run(
        command(),
        cwd=ROOT,
        env={**os.environ, name: value},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 2
    assert name in ended.stderr
    assert value not in ended.stderr
