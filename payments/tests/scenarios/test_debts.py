"""A card that gives less than the bill: asked again by the clock, paid by the driver, or never paid."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from bookings.models import Booking
from evbooking.core.relay import relay
from payments import tasks
from payments.models import Document, OperatorAccount, Payment
from payments.selectors.payable import payable_of
from payments.tests.machine.world import World
from payments.tests.paying import clear_faults
from payments.tests.scenarios.living import (
    DAY,
    HOUR,
    account_of,
    books,
    differences,
    empty_the_card,
    fresh,
    pay,
    secured,
    taken,
    told,
)

pytestmark = pytest.mark.django_db(transaction=True)
NewWorld = Callable[..., World]
MINUTE = timedelta(minutes=1)


def owing(world: World) -> Booking:
    """2.00 EUR of 5.50 EUR are paid, and the card gives nothing more."""
    booking = secured(world)
    empty_the_card(world, booking)
    world.stay(booking)
    return fresh(booking)


@pytest.fixture
def world(new_world: NewWorld) -> World:
    return new_world(security="DEPOSIT", deposit_amount=2)


def refusals() -> int:
    return Payment.objects.filter(purpose="EXTRA", status="FAILED").count()


def test_the_card_is_asked_again_after_one_three_and_seven_days_and_then_no_more(world: World) -> None:
    booking = owing(world)
    tasks.settle_accounts()
    seen = []
    for rest in (DAY, 3 * DAY, 7 * DAY):
        account = account_of(booking)
        assert account.state == "UNPAID"
        assert account.due_at == pytest.approx(world.now + rest, abs=MINUTE)
        world.wait(rest - HOUR)
        assert tasks.settle_accounts() == 0
        world.wait(HOUR + MINUTE)
        assert tasks.settle_accounts() == 1
        seen.append(refusals())
    assert seen == [2, 3, 4]
    assert (account_of(booking).state, account_of(booking).due_at) == ("UNPAID", None)
    assert [event["amount"] for event in told("payment.action_required")] == ["3.50"] * 4
    world.wait(30 * DAY)
    assert tasks.settle_accounts() == 0
    assert (fresh(booking).payment_status, taken(booking)) == ("failed", [Decimal("2.00")])
    assert differences(world) == []


def test_what_is_never_paid_is_owed_in_the_books_and_not_paid_out(
    world: World, ready_operator: OperatorAccount
) -> None:
    """The operator gets its part of what was paid, as soon as it was; the rest stays owed to it."""
    booking = owing(world)
    tasks.settle_accounts()
    relay()
    assert books(booking)["DRIVER_RECEIVABLE"] == Decimal("3.50")
    payable = payable_of(ready_operator)
    assert (payable.owed.amount, payable.available.amount) == (Decimal("5.22"), Decimal("1.90"))
    assert list(Document.objects.values_list("kind", flat=True)) == ["INVOICE"]
    assert differences(world) == []


def test_who_owes_may_book_and_pays_the_debt_by_checkout(
    world: World, ready_operator: OperatorAccount
) -> None:
    booking = owing(world)
    tasks.settle_accounts()
    other = secured(world, hours=20)
    assert (other.status, other.payment_status) == ("RESERVED", "captured")
    paid = pay(world, booking)
    relay()
    tasks.settle_accounts()
    relay()
    assert taken(booking) == [Decimal("2.00"), Decimal("3.50")]
    assert (account_of(booking).state, fresh(paid).payment_status) == ("SETTLED", "captured")
    payable = payable_of(
        ready_operator
    )  # the deposit of the other booking has arrived, and is not earned yet
    assert (payable.arrived.amount, payable.available.amount) == (Decimal("7.12"), Decimal("5.22"))
    assert sorted(Document.objects.values_list("kind", flat=True)) == ["INVOICE", "RECEIPT"]
    world.run_clocks()
    assert differences(world) == []


def test_a_stripe_that_was_away_costs_no_driver_a_reminder(world: World) -> None:
    """Five runs in vain, as Stripe does not answer, and then a card that refuses: it is asked again all the same."""
    booking = owing(world)
    world.running.control("faults", target="api", kind="error", status=500, times=100)
    for _ in range(5):
        tasks.settle_accounts()
        world.wait(HOUR)
    clear_faults(world.running)
    tasks.settle_accounts()
    account = account_of(booking)
    assert account.state == "UNPAID"
    assert account.due_at == pytest.approx(world.now + DAY, abs=MINUTE)
