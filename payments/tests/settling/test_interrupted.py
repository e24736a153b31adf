"""Stripe down before or after its work, a process killed in each call, two at once: the same end, nothing twice."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import httpx
import pytest
from django.db import connections

from bookings.models import Booking
from bookings.tests.races.crowd import at_once
from payments.models import Payment
from payments.sandbox.tests.running import Running
from payments.services.settling import settle_account, settle_due
from payments.services.settling.charging import release
from payments.tests.bills import END
from payments.tests.settling.scenes import SCENES, Scene, assert_ended, authorised, due, only_saved
from payments.tests.settling.till import Till

HOUR = timedelta(hours=1)
in_each_scene = pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)


@in_each_scene
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.django_db
def test_a_stripe_that_fails_is_asked_again_later(till: Till, scene: Scene, when: str) -> None:
    account = due(scene.arrange(till))
    trouble = {"target": "api", "kind": "error", "status": 500, "times": 2, "match": scene.request}
    till.sandbox.control("faults", when=when, **trouble)
    waiting = settle_account(account, now=END)
    assert (waiting.state, waiting.attempts, waiting.due_at) == ("DUE", 1, END + timedelta(seconds=30))
    assert waiting.last_error.startswith("Payments are not reachable")
    assert settle_due(END) == 0
    assert settle_due(END + HOUR) == 1
    assert_ended(scene, till, account)


@in_each_scene
@pytest.mark.django_db(transaction=True)
def test_a_process_killed_in_the_middle_of_a_call_is_carried_on_by_the_next(till: Till, scene: Scene) -> None:
    account = due(scene.arrange(till))
    till.sandbox.control("faults", target="api", kind="hang", seconds=600, when="after", match=scene.request)
    child = in_a_process(lambda: settle_account(account, now=END))
    wait_until_met(till.sandbox)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    settle_account(account, now=END)
    assert_ended(scene, till, account)


@in_each_scene
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_it_once(till: Till, scene: Scene) -> None:
    account = due(scene.arrange(till))
    at_once([partial(settle_account, account, now=END)] * 2)
    assert_ended(scene, till, account)


@pytest.mark.django_db(transaction=True)
def test_without_the_name_of_the_row_two_workers_would_charge_twice(till: Till) -> None:
    """The control of the race above: the same two charges, sent without the key that our row gives them."""
    account = due(only_saved(till))
    customer, method = till.customer(), account.payment_method

    nameless = partial(till.sell, 550, method, customer=customer, off_session=True)
    at_once([nameless] * 2)
    intents = till.client.v1.payment_intents.list({"customer": customer}).data
    assert sum(intent.amount_received for intent in intents) == 1100


@pytest.mark.django_db(transaction=True)
def test_capture_and_cancel_at_once_end_as_the_bill_says(till: Till) -> None:
    account = due(authorised(till))
    payment = Payment.objects.get()
    acts: list[Callable[[], object]] = [
        partial(settle_account, account, now=END),
        partial(release, payment, now=END),
    ]
    at_once(acts)
    assert due(account).state == "DUE"
    settle_account(account, now=END)
    account.refresh_from_db()
    assert (account.state, till.taken_at_stripe(account)) == ("SETTLED", Booking.objects.get().total_amount)


def in_a_process(act: Callable[[], object]) -> int:
    """The id of a forked child that does it on connections of its own."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            act()
        finally:
            os._exit(0)
    return child


def wait_until_met(sandbox: Running) -> None:
    """Until the armed fault has met its request, whose work is done by the time the sandbox answers again."""
    while any(fault["left"] for fault in httpx.get(f"{sandbox.url}/_sandbox/faults").json()["data"]):
        pass
    httpx.get(f"{sandbox.url}/_sandbox/clock").raise_for_status()
