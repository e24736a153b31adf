"""What staff gives back: taken off the bill and off the money, in one decision; refused by a clear code."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import User
from charging.models import CDR
from evbooking.core.errors import DomainError, NotFound
from evbooking.core.models import DomainEvent
from evbooking.core.money import Money
from evbooking.core.ocpi import ReservationStatus as S
from payments.models import BookingAccount, Refund
from payments.services.refunds import refund_booking, sync_refund
from payments.services.settling import settle_account
from payments.services.sweeping import sweep_refunds
from payments.tests.bills import END
from payments.tests.settling.till import Till, books
from tests.factories import make_booking

pytestmark = pytest.mark.django_db
GOODWILL = Refund.Reason.GOODWILL


@pytest.fixture
def settled(till: Till) -> BookingAccount:
    """5.50 EUR paid and billed."""
    account, _ = till.visit()
    till.authorise(account)
    return till.settle(account)


def refund(
    account: BookingAccount,
    actor: User,
    amount: str,
    *,
    currency: str = "EUR",
    reason: Refund.Reason = GOODWILL,
    words: str = "Sorry.",
) -> list[Refund]:
    money = Money(Decimal(amount), currency)
    return refund_booking(account.booking, amount=money, reason=reason, words=words, actor=actor, now=END)


def bills() -> list[Decimal]:
    return list(
        CDR.objects.order_by("revision", "issued_at", "-total_after_taxes").values_list(
            "total_after_taxes", flat=True
        )
    )


def test_what_staff_gives_back_is_taken_off_the_bill_and_reaches_the_card(
    till: Till, settled: BookingAccount, owner: User
) -> None:
    [begun] = refund(settled, owner, "1.10")
    assert (begun.status, begun.stripe_id, begun.requested_by) == ("PENDING", None, owner)
    assert settle_account(BookingAccount.objects.get(), now=END).state == "SETTLED"
    begun.refresh_from_db()
    assert (begun.status, begun.amount, begun.reversed_amount, begun.fee_refunded) == (
        "SUCCEEDED",
        Decimal("1.10"),
        Decimal("1.10"),
        Decimal("0.06"),
    )
    assert (begun.reason, begun.words) == ("GOODWILL", "Sorry.")
    assert bills() == [Decimal("5.50"), Decimal("-5.50"), Decimal("4.40")]
    assert (till.taken_at_stripe(settled), till.fee_at_stripe(settled)) == (Decimal("4.40"), Decimal("0.22"))
    assert "DRIVER_RECEIVABLE" not in books(settled)


def test_all_of_it_can_go_back_in_two_parts(till: Till, settled: BookingAccount, owner: User) -> None:
    for amount in ("3.33", "2.17"):
        refund(settled, owner, amount)
        settle_account(BookingAccount.objects.get(), now=END)
    assert till.taken_at_stripe(settled) == till.fee_at_stripe(settled) == till.operator_has(settled) == 0
    assert books(settled) == {"STRIPE_BALANCE": Decimal("-0.33"), "STRIPE_FEES": Decimal("0.33")}
    settled.booking.refresh_from_db()
    assert settled.booking.payment_status == "refunded"


@pytest.mark.parametrize(
    ("asked", "field", "code"),
    [
        ({"amount": "5.51"}, "amount", "refund_above_paid"),
        ({"amount": "0"}, "amount", "out_of_range"),
        ({"amount": "-1"}, "amount", "out_of_range"),
        ({"amount": "1e12"}, "amount", "out_of_range"),
        ({"amount": "1", "currency": "USD"}, "amount", "currency_mismatch"),
        ({"amount": "1", "reason": Refund.Reason.TERMS}, "reason", "invalid"),
        ({"amount": "1", "words": " "}, "words", "required"),
        ({"amount": "1", "words": "x" * 256}, "words", "too_long_text"),
    ],
)
def test_what_cannot_be_given_back_is_refused_at_its_field(
    till: Till, settled: BookingAccount, owner: User, asked: dict[str, str], field: str, code: str
) -> None:
    seen = DomainEvent.objects.count()
    with pytest.raises(DomainError) as refused:
        refund(settled, owner, **asked)  # type: ignore[arg-type]
    assert (refused.value.status, refused.value.code) == (422, code)
    assert [error.field for error in refused.value.field_errors] == [field]
    assert (bills(), Refund.objects.count(), DomainEvent.objects.count()) == ([Decimal("5.50")], 0, seen)
    assert till.taken_at_stripe(settled) == Decimal("5.50")


def test_what_is_not_settled_is_not_refunded_by_hand(till: Till, owner: User) -> None:
    account, _ = till.visit()
    till.charge(account, "7.00", fee="0.35")
    with pytest.raises(DomainError) as refused:
        refund(account, owner, "1")
    assert (refused.value.status, refused.value.code) == (409, "wrong_state")
    assert (bills(), Refund.objects.count()) == ([Decimal("5.50")], 0)


def test_a_booking_paid_at_the_charger_has_nothing_to_refund(till: Till, owner: User) -> None:
    booking = make_booking(till.evse, till.driver, start=END, status=S.COMPLETED)
    with pytest.raises(NotFound):
        refund_booking(
            booking, amount=Money(Decimal(1), "EUR"), reason=GOODWILL, words="Sorry.", actor=owner, now=END
        )


def test_a_refund_that_comes_back_is_told_and_sent_again_without_taking_from_the_operator_twice(
    till: Till, settled: BookingAccount, owner: User
) -> None:
    [first] = refund(settled, owner, "1.10")
    settle_account(BookingAccount.objects.get(), now=END)
    first.refresh_from_db()
    till.sandbox.control(f"refunds/{first.stripe_id}/fail")
    failed = sync_refund(first, now=END)
    assert (failed.status, failed.failure_reason) == ("FAILED", "lost_or_stolen_card")
    assert DomainEvent.objects.filter(type="refund.failed").count() == 1
    assert books(settled)["DRIVER_RECEIVABLE"] == Decimal("-1.10")
    assert settle_account(BookingAccount.objects.get(), now=END).state == "SETTLED"
    again = Refund.objects.get(status="SUCCEEDED")
    assert (again.amount, again.reversed_amount, again.fee_refunded) == (
        Decimal("1.10"),
        Decimal(0),
        Decimal(0),
    )
    assert (till.taken_at_stripe(settled), till.operator_has(settled)) == (Decimal("4.40"), Decimal("4.18"))
    assert "DRIVER_RECEIVABLE" not in books(settled)


def test_a_refund_read_again_changes_nothing(till: Till, settled: BookingAccount, owner: User) -> None:
    [begun] = refund(settled, owner, "1.10")
    assert sync_refund(begun, now=END).status == "PENDING"
    settle_account(BookingAccount.objects.get(), now=END)
    begun.refresh_from_db()
    seen = DomainEvent.objects.count(), books(settled)
    assert sync_refund(begun, now=END).status == "SUCCEEDED"
    assert (DomainEvent.objects.count(), books(settled)) == seen


def test_a_refund_that_stripe_refuses_fails_and_moves_nothing(
    till: Till, settled: BookingAccount, owner: User
) -> None:
    refund(settled, owner, "1.10")
    behind_our_back = settled.payments.get()
    till.client.v1.refunds.create({"payment_intent": str(behind_our_back.stripe_id), "amount": 500})
    waiting = settle_account(BookingAccount.objects.get(), now=END)
    assert (waiting.state, waiting.last_error) == (
        "DUE",
        "The refund failed too often: pay the driver another way.",
    )
    assert {one.status for one in Refund.objects.all()} == {"FAILED"}
    assert Refund.objects.count() == 3
    assert till.operator_has(settled) == Decimal("5.22")


@pytest.fixture
def sent(till: Till, settled: BookingAccount, owner: User) -> Refund:
    """1.10 EUR that were given back."""
    [begun] = refund(settled, owner, "1.10")
    settle_account(BookingAccount.objects.get(), now=END)
    begun.refresh_from_db()
    return begun


def test_a_refund_under_way_that_nobody_told_about_is_asked_for(sent: Refund) -> None:
    Refund.objects.update(status="PENDING")
    assert sweep_refunds(END + timedelta(minutes=1)) == 0
    assert sweep_refunds(END + timedelta(minutes=2)) == 1
    sent.refresh_from_db()
    assert sent.status == "SUCCEEDED"
    assert sweep_refunds(END + timedelta(days=1)) == 0


def test_a_refund_that_came_back_does_not_arrive_by_what_was_asked_before(sent: Refund) -> None:
    Refund.objects.update(status="FAILED", failure_reason="lost_or_stolen_card")
    assert sync_refund(sent, now=END).status == "FAILED"
    assert DomainEvent.objects.filter(type="refund.succeeded").count() == 1


@pytest.fixture
def owed(till: Till) -> BookingAccount:
    """5.50 EUR billed, 2.00 of it paid; the card gives nothing more."""
    account, _ = till.visit()
    till.charge(account, "2.00", fee="0.10")
    till.saved(account, "")
    return till.settle(account)


@pytest.mark.parametrize(
    ("amount", "state", "kept", "debt"),
    [
        ("1.00", "UNPAID", "2.00", {"DRIVER_RECEIVABLE": Decimal("2.50")}),
        ("3.50", "SETTLED", "2.00", {}),
        ("4.50", "SETTLED", "1.00", {}),
        ("5.50", "SETTLED", "0.00", {}),
    ],
)
def test_a_bill_that_is_owed_can_be_lowered(
    till: Till,
    owed: BookingAccount,
    owner: User,
    amount: str,
    state: str,
    kept: str,
    debt: dict[str, Decimal],
) -> None:
    """First what is not paid is given up, then what was paid goes back."""
    assert owed.state == "UNPAID"
    refund(owed, owner, amount)
    account = settle_account(BookingAccount.objects.get(), now=END)
    assert (account.state, till.taken_at_stripe(owed)) == (state, Decimal(kept))
    assert bills()[-1] == Decimal("5.50") - Decimal(amount)
    assert {name: held for name, held in books(owed).items() if name == "DRIVER_RECEIVABLE"} == debt


def test_more_than_a_bill_is_not_taken_off_it(till: Till, owed: BookingAccount, owner: User) -> None:
    with pytest.raises(DomainError) as refused:
        refund(owed, owner, "5.51")
    assert (refused.value.code, refused.value.detail) == ("out_of_range", "The bill is 5.50 EUR.")
    assert (bills(), BookingAccount.objects.get().state) == ([Decimal("5.50")], "UNPAID")
