"""Banks that take money back: from who owes, from who was refunded, after the payout, twice, or only by asking."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from bookings.models import Booking
from charging.models import CDR
from charging.selectors import bill_of_booking
from charging.services.bills import adjust_cdr, credit_cdr
from evbooking.core.money import Money
from evbooking.core.relay import relay
from payments import tasks
from payments.models import Dispute, Document, OperatorAccount, Payment, Refund
from payments.selectors.payable import payable_of
from payments.services.payouts import request_payout
from payments.services.refunds import refund_booking
from payments.services.settling import settle_due
from payments.tests.machine.world import World
from payments.tests.scenarios.living import (
    DAY,
    HOUR,
    NOTHING,
    account_of,
    books,
    differences,
    empty_the_card,
    fresh,
    given_back,
    pay,
    secured,
    taken,
    told,
)

pytestmark = pytest.mark.django_db(transaction=True)
NewWorld = Callable[..., World]
ALL = "5.50"


@pytest.fixture
def world(new_world: NewWorld) -> World:
    return new_world()


@pytest.fixture
def visited(world: World) -> Booking:
    """5.50 EUR, billed and captured."""
    booking = secured(world)
    world.stay(booking)
    settle_due(world.now)
    assert taken(booking) == [Decimal(ALL)]
    return fresh(booking)


def refund(world: World, booking: Booking, amount: str, actor: User) -> None:
    money = Money(Decimal(amount), "EUR")
    reason = Refund.Reason.GOODWILL
    refund_booking(booking, amount=money, reason=reason, words="Sorry.", actor=actor, now=world.now)
    settle_due(world.now)


def disputed(world: World, booking: Booking, **asked: object) -> str:
    """The bank disputes the newest charge, and the platform hears of it by the webhook; the dispute's id."""
    payment = Payment.objects.filter(account=booking.pk, captured_amount__gt=0).order_by("created_at").last()
    assert payment is not None
    made: dict[str, Any] = world.running.control(f"charges/{payment.charge_id}/dispute", **asked)
    world.tell_all()
    return str(made["id"])


def decided(world: World, dispute: str, outcome: str) -> Dispute:
    """The bank decides, the platform hears of it, and the books are settled."""
    world.running.control(f"disputes/{dispute}/close", outcome=outcome)
    world.tell_all()
    relay()
    settle_due(world.now)
    return Dispute.objects.get(stripe_id=dispute)


def bill(booking: Booking) -> CDR:
    found = bill_of_booking(booking.reference or "")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("outcome", "held"),
    [
        ("won", {"STRIPE_BALANCE": "-0.05", "OPERATOR_BALANCE": "5.22", "STRIPE_FEES": "0.33"}),
        ("lost", {"STRIPE_BALANCE": "-20.33", "STRIPE_FEES": "20.33"}),
    ],
)
def test_a_dispute_of_a_bill_that_was_paid(
    world: World, visited: Booking, ready_operator: OperatorAccount, outcome: str, held: dict[str, str]
) -> None:
    dispute = disputed(world, visited)
    assert payable_of(ready_operator).available.amount == 0
    assert differences(world) == []
    decided(world, dispute, outcome)
    after = books(visited)
    assert {name: str(after[name]) for name in held} == held
    assert payable_of(ready_operator).available.amount == (Decimal("5.22") if outcome == "won" else 0)
    assert account_of(visited).state == "SETTLED"
    assert [event["status"] for event in told("dispute.closed")] == [outcome.upper()]
    assert differences(world) == []


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_a_dispute_of_the_rest_of_a_bill_that_was_reduced(
    world: World, visited: Booking, owner: User, ready_operator: OperatorAccount, outcome: str
) -> None:
    """4.40 EUR are left, of which the platform has 22 cents."""
    refund(world, visited, "1.10", owner)
    dispute = disputed(world, visited, amount=440)
    assert Dispute.objects.get().held_amount == Decimal("4.18")
    assert differences(world) == []
    world.fill_the_platforms_balance()
    decided(world, dispute, outcome)
    assert payable_of(ready_operator).available.amount == (Decimal("4.18") if outcome == "won" else 0)
    assert books(visited).get("OPERATOR_BALANCE", 0) == (Decimal("4.18") if outcome == "won" else 0)
    assert (account_of(visited).state, given_back(visited)) == ("SETTLED", [Decimal("1.10")])
    assert differences(world) == []


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_a_dispute_of_money_that_was_given_back_already(
    world: World, visited: Booking, owner: User, ready_operator: OperatorAccount, outcome: str
) -> None:
    """Nothing of it is the operator's any more: what the bank takes twice is the platform's loss."""
    refund(world, visited, ALL, owner)
    dispute = disputed(world, visited)
    found = Dispute.objects.get()
    assert (found.reversal_id, found.held_amount) == ("", NOTHING)
    decided(world, dispute, outcome)
    payable = payable_of(ready_operator)
    assert (payable.owed.amount, payable.arrived.amount, payable.available.amount) == (
        NOTHING,
        NOTHING,
        NOTHING,
    )
    lost = {"DISPUTE_LOSSES": Decimal(ALL)} if outcome == "lost" else {}
    fees = Decimal("0.33") if outcome == "won" else Decimal("20.33")
    assert books(visited) == {"STRIPE_FEES": fees, "STRIPE_BALANCE": -fees - sum(lost.values()), **lost}
    assert differences(world) == []


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_a_dispute_of_a_deposit_whose_rest_is_owed(new_world: NewWorld, outcome: str) -> None:
    """The debt stands, whatever becomes of the deposit; it is paid by checkout, and once."""
    world = new_world(security="DEPOSIT", deposit_amount=2)
    booking = secured(world)
    empty_the_card(world, booking)
    world.stay(booking)
    settle_due(world.now)
    dispute = disputed(world, booking)
    assert account_of(booking).state == "UNPAID"
    decided(world, dispute, outcome)
    assert account_of(booking).state == "UNPAID"
    assert differences(world) == []
    pay(world, booking)
    relay()
    settle_due(world.now)
    assert taken(booking) == [Decimal("2.00"), Decimal("3.50")]
    assert (account_of(booking).state, books(booking).get("DRIVER_RECEIVABLE", 0)) == ("SETTLED", 0)
    assert differences(world) == []


def test_a_dispute_lost_after_the_payout_is_earned_back_before_the_next(
    world: World, visited: Booking, ready_operator: OperatorAccount, owner: User
) -> None:
    world.wait(3 * DAY)
    assert request_payout(ready_operator, actor=owner, now=world.now).amount == Decimal("5.22")
    decided(world, disputed(world, visited), "lost")
    payable = payable_of(ready_operator)
    assert (payable.owed.amount, payable.available.amount) == (Decimal("-5.22"), NOTHING)
    assert differences(world) == []
    for _ in range(2):
        booking = secured(world)
        world.stay(booking)
        settle_due(world.now)
    world.wait(3 * DAY)
    assert payable_of(ready_operator).available.amount == Decimal("5.22")
    assert tasks.pay_out_operators() == 1
    assert payable_of(ready_operator).owed.amount == 0
    assert differences(world) == []


def test_a_dispute_that_nobody_told_about_is_found_by_the_sweeper(
    world: World, visited: Booking, ready_operator: OperatorAccount
) -> None:
    [payment] = Payment.objects.all()
    world.running.control(f"charges/{payment.charge_id}/dispute")
    assert tasks.follow_disputes() == 1
    assert Dispute.objects.get().held_amount == Decimal("5.22")
    assert payable_of(ready_operator).available.amount == 0
    assert differences(world) == []


def test_an_inquiry_moves_nothing_and_ends_as_nothing(
    world: World, visited: Booking, ready_operator: OperatorAccount
) -> None:
    before = books(visited)
    inquiry = disputed(world, visited, inquiry="true")
    assert (books(visited), Dispute.objects.get().status) == (before, "NEEDS_RESPONSE")
    assert differences(world) == []
    assert decided(world, inquiry, "warning_closed").status == "WON"
    assert books(visited) == before
    assert payable_of(ready_operator).available.amount == Decimal("5.22")
    assert differences(world) == []


def test_an_inquiry_that_the_bank_is_not_content_with_becomes_a_dispute(
    world: World, visited: Booking, ready_operator: OperatorAccount
) -> None:
    inquiry = disputed(world, visited, inquiry="true")
    world.running.control(f"disputes/{inquiry}/escalate")
    world.tell_all()
    assert Dispute.objects.get().held_amount == Decimal("5.22")
    decided(world, inquiry, "lost")
    assert books(visited) == {"STRIPE_BALANCE": Decimal("-20.33"), "STRIPE_FEES": Decimal("20.33")}
    assert differences(world) == []


def test_two_disputes_of_two_payments_are_two_stories(
    new_world: NewWorld, ready_operator: OperatorAccount
) -> None:
    """A deposit and the rest, each disputed by the bank: one is won and one is lost."""
    world = new_world(security="DEPOSIT", deposit_amount=2)
    booking = secured(world)
    world.stay(booking)
    settle_due(world.now)
    first, second = Payment.objects.order_by("created_at")
    assert taken(booking) == [Decimal("2.00"), Decimal("3.50")]
    lost, won = (world.running.control(f"charges/{one.charge_id}/dispute")["id"] for one in (first, second))
    world.tell_all()
    assert payable_of(ready_operator).available.amount == 0
    world.fill_the_platforms_balance()
    decided(world, lost, "lost")
    decided(world, won, "won")
    assert [one.held_amount for one in Dispute.objects.order_by("amount")] == [
        Decimal("1.90"),
        Decimal("3.32"),
    ]
    assert payable_of(ready_operator).available.amount == Decimal("3.32")
    assert differences(world) == []


def test_what_staff_takes_back_of_a_lost_dispute_is_not_refunded_and_the_books_stay_right(
    world: World, visited: Booking, ready_operator: OperatorAccount
) -> None:
    """The bank gave the money back already: a bill of zero then has nothing to refund."""
    decided(world, disputed(world, visited), "lost")
    credit_cdr(CDR.objects.get(), reason="They never charged.", actor=None, now=world.now)
    relay()
    settle_due(world.now)
    assert (account_of(visited).state, Refund.objects.count()) == ("SETTLED", 0)
    payable = payable_of(ready_operator)
    assert (payable.owed.amount, payable.arrived.amount) == (NOTHING, NOTHING)
    assert books(visited) == {"STRIPE_BALANCE": Decimal("-20.33"), "STRIPE_FEES": Decimal("20.33")}
    assert differences(world) == []


def test_a_bill_that_was_lowered_while_the_bank_judged_is_borne_once(
    world: World, visited: Booking, owner: User, ready_operator: OperatorAccount
) -> None:
    """1.00 EUR less while the dispute is open, another 1.33 EUR after it was lost, and in the end all of it."""
    dispute = disputed(world, visited)
    for amount in ("-1.00", "-1.33", "-3.17"):
        adjust_cdr(bill(visited), amount=Decimal(amount), reason="Too slow.", actor=owner, now=world.now)
        relay()
        settle_due(world.now)
        if amount == "-1.00":
            assert account_of(visited).last_error.startswith("A dispute is open")
            decided(world, dispute, "lost")
        assert account_of(visited).state == "SETTLED"
        assert differences(world) == []
        world.wait(HOUR)
    receipts = Document.objects.filter(kind="RECEIPT").order_by("issued_at")
    assert [f"{receipt.total:.2f}" for receipt in receipts] == ["5.50", "4.50", "3.17"]  # as the bills say
    payable = payable_of(ready_operator)
    assert (payable.owed.amount, payable.arrived.amount) == (NOTHING, NOTHING)
    assert books(visited) == {"STRIPE_BALANCE": Decimal("-20.33"), "STRIPE_FEES": Decimal("20.33")}


def test_what_was_won_is_returned_as_soon_as_the_platform_has_it(
    world: World, visited: Booking, owner: User, ready_operator: OperatorAccount
) -> None:
    """One booking leaves the platform less than Stripe's fees: what it earns elsewhere returns the operator's part."""
    refund(world, visited, "1.10", owner)
    decided(world, disputed(world, visited, amount=440), "won")
    assert payable_of(ready_operator).available.amount == 0
    assert differences(world) == []
    world.fill_the_platforms_balance()
    assert tasks.follow_disputes() == 1
    assert payable_of(ready_operator).available.amount == Decimal("4.18")
    assert tasks.follow_disputes() == 0
    assert differences(world) == []


@pytest.mark.parametrize(
    ("disputed_cents", "amounts", "operators"),
    [
        (550, ["1.10"], "4.18"),
        (550, ["1.10", "4.40"], "0"),
        (440, ["5.50"], "0"),
        (440, ["0.50", "4.00"], "0.95"),
    ],
)
def test_a_dispute_that_was_won_lets_staff_give_money_back_again(
    world: World,
    visited: Booking,
    owner: User,
    ready_operator: OperatorAccount,
    disputed_cents: int,
    amounts: list[str],
    operators: str,
) -> None:
    """The operator bears its part, also of what was taken from it for the dispute and sent anew."""
    world.fill_the_platforms_balance()
    decided(world, disputed(world, visited, amount=disputed_cents), "won")
    for amount in amounts:
        refund(world, visited, amount, owner)
    assert given_back(visited) == [Decimal(amount) for amount in amounts]
    payable = payable_of(ready_operator)
    assert payable.owed.amount == payable.arrived.amount == Decimal(operators)
    assert differences(world) == []


def test_a_refund_waits_until_the_operator_has_what_was_won(
    world: World, visited: Booking, owner: User, ready_operator: OperatorAccount
) -> None:
    refund(world, visited, "1.10", owner)
    decided(world, disputed(world, visited, amount=440), "won")
    assert Dispute.objects.get().is_unreturned
    adjust_cdr(bill(visited), amount=Decimal("-2.20"), reason="Sorry.", actor=owner, now=world.now)
    relay()
    settle_due(world.now)
    waiting = account_of(visited)
    assert (waiting.state, given_back(visited)) == ("DUE", [Decimal("1.10")])
    assert waiting.last_error.startswith("A dispute was won")
    world.fill_the_platforms_balance()
    tasks.follow_disputes()
    world.wait(DAY + HOUR)
    settle_due(world.now)
    assert (account_of(visited).state, sum(given_back(visited))) == ("SETTLED", Decimal("3.30"))
    assert payable_of(ready_operator).arrived.amount == Decimal("2.09")
    assert differences(world) == []
