"""Bills that are put right after they were paid: down and up, with a card that gives and one that does not."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from accounts.models import User
from bookings.models import Booking
from charging.models import CDR
from charging.selectors import bill_of_booking
from charging.services.bills import adjust_cdr
from payments import tasks
from payments.models import Document, OperatorAccount, Payment
from payments.selectors.payable import payable_of
from payments.tests.machine.world import World
from payments.tests.scenarios.living import (
    DAY,
    HOUR,
    account_of,
    books,
    differences,
    empty_the_card,
    fresh,
    given_back,
    pay,
    secured,
    settle,
    taken,
    told,
)

pytestmark = pytest.mark.django_db(transaction=True)
NewWorld = Callable[..., World]


@pytest.fixture(params=["AUTHORISATION", "PREPAYMENT", "DEPOSIT"])
def world(request: pytest.FixtureRequest, new_world: NewWorld) -> World:
    """A visit of 5.50 EUR, paid as the security asks."""
    made = new_world(security=request.param, deposit_amount=2)
    booking = secured(made)
    made.stay(booking)
    settle(made)
    assert sum(taken(booking)) == Decimal("5.50")
    return made


def correct(world: World, amount: str, actor: User) -> Booking:
    """One more line in the bill, and what follows from it; the booking."""
    world.wait(HOUR)
    booking = world.bookings[0]
    found = bill_of_booking(booking.reference or "")
    assert found is not None
    adjust_cdr(found, amount=Decimal(amount), reason="Counted wrong.", actor=actor, now=world.now)
    settle(world)
    return fresh(booking)


def kept(booking: Booking) -> Decimal:
    return Decimal(sum(taken(booking)) - sum(given_back(booking)))


def papers() -> list[str]:
    return list(Document.objects.order_by("issued_at", "number").values_list("kind", flat=True))


def test_what_was_too_much_goes_back_and_what_was_too_little_is_charged(
    world: World, owner: User, ready_operator: OperatorAccount
) -> None:
    """5.50, then 4.40, then 9.40, then nothing: each time the money is the bill, and a paper says so."""
    booking = world.bookings[0]
    for amount, owed, operators in (("-1.10", "4.40", "4.18"), ("5.00", "9.40", "8.93"), ("-9.40", "0", "0")):
        corrected = correct(world, amount, owner)
        assert (account_of(booking).state, kept(corrected)) == ("SETTLED", Decimal(owed))
        assert corrected.secured_amount == Decimal(owed)
        assert payable_of(ready_operator).available.amount == Decimal(operators)
        assert differences(world) == []
    assert Payment.objects.filter(purpose="EXTRA", captured_amount=Decimal("5.00")).count() == 1
    assert fresh(booking).payment_status == "refunded"
    assert books(booking).keys() <= {"STRIPE_BALANCE", "STRIPE_FEES"}
    bills = CDR.objects.order_by("issued_at", "total_after_taxes").values_list("total_after_taxes", flat=True)
    assert [f"{bill:.2f}" for bill in bills] == ["5.50", "-5.50", "4.40", "-4.40", "9.40", "-9.40", "0.00"]
    assert papers().count("CREDIT_NOTE") == 3


def test_what_is_charged_afterwards_is_owed_where_the_card_gives_nothing(
    world: World, owner: User, ready_operator: OperatorAccount
) -> None:
    booking = world.bookings[0]
    empty_the_card(world, booking)
    correct(world, "2.00", owner)
    assert (account_of(booking).state, kept(booking)) == ("UNPAID", Decimal("5.50"))
    assert [event["amount"] for event in told("payment.action_required")] == ["2.00"]
    assert books(booking)["DRIVER_RECEIVABLE"] == Decimal("2.00")
    assert differences(world) == []
    world.wait(DAY)
    tasks.settle_accounts()
    assert account_of(booking).state == "UNPAID"
    pay(world, booking)
    settle(world)
    assert (account_of(booking).state, kept(booking)) == ("SETTLED", Decimal("7.50"))
    assert payable_of(ready_operator).available.amount == Decimal("7.12")
    assert differences(world) == []


def test_a_debt_that_staff_takes_back_is_owed_no_more(world: World, owner: User) -> None:
    booking = world.bookings[0]
    empty_the_card(world, booking)
    correct(world, "2.00", owner)
    correct(world, "-2.50", owner)
    assert (account_of(booking).state, kept(booking)) == ("SETTLED", Decimal("5.00"))
    assert (fresh(booking).payment_status, fresh(booking).secured_amount) == ("captured", Decimal("5.00"))
    assert differences(world) == []
