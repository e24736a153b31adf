"""Settling: what is taken in the end is what the bills say, and nothing stays reserved."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bookings.models import Booking
from charging.models import CDR
from charging.services.bills import adjust_cdr, credit_cdr
from evbooking.core.models import DomainEvent
from evbooking.core.ocpi import ReservationStatus as S
from payments.models import BookingAccount, Customer, Document, Payment, Refund
from payments.services.settling import settle_due
from payments.tests.bills import END, START
from payments.tests.ledger.tampering import tamper_by_sql
from payments.tests.settling.till import SAVED_BUT_EMPTY, Till, books

State = BookingAccount.State
pytestmark = pytest.mark.django_db


def outcome(account: BookingAccount) -> tuple[str, str, Decimal]:
    """State, and what the booking says of its payment."""
    booking = Booking.objects.get(pk=account.pk)
    return account.state, booking.payment_status, booking.secured_amount


SETTLED_BOOKS = {
    "STRIPE_BALANCE": Decimal("-0.05"),
    "OPERATOR_BALANCE": Decimal("5.22"),
    "OPERATOR_PAYABLE": Decimal("-4.34"),
    "TAX": Decimal("-0.88"),
    "PLATFORM_FEE": Decimal("-0.28"),
    "STRIPE_FEES": Decimal("0.33"),
}


def test_a_session_is_captured_to_the_cent_and_the_rest_is_released(till: Till) -> None:
    account, _ = till.visit()
    payment = till.authorise(account)
    settled = till.settle(account)
    assert outcome(settled) == ("SETTLED", "captured", Decimal("5.50"))
    assert (settled.due_at, settled.settled_at, settled.last_error) == (None, END, "")
    assert till.intent(payment).amount_received == 550
    assert (till.fee_at_stripe(account), till.operator_has(account)) == (Decimal("0.28"), Decimal("5.22"))
    assert books(account) == SETTLED_BOOKS
    assert Document.objects.filter(kind="RECEIPT").count() == 1


def test_settling_again_changes_nothing(till: Till) -> None:
    account, _ = till.visit()
    till.authorise(account)
    till.settle(account)
    seen = DomainEvent.objects.count(), books(account)
    till.settle(account)
    assert (DomainEvent.objects.count(), books(account)) == seen
    assert till.taken_at_stripe(account) == Decimal("5.50")


def test_an_open_booking_is_left_alone(till: Till) -> None:
    account = till.booking(S.RESERVED)
    payment = till.authorise(account)
    settled = till.settle(account)
    assert (settled.state, settled.due_at) == ("OPEN", None)
    assert till.intent(payment).status == "requires_capture"


def test_a_booking_whose_bill_is_missing_waits_with_its_money(till: Till) -> None:
    account = till.booking(S.COMPLETED)
    payment = till.authorise(account)
    waiting = till.settle(account)
    assert (waiting.state, waiting.last_error) == ("DUE", "The bill is not there yet.")
    assert till.intent(payment).status == "requires_capture"


@pytest.mark.parametrize("status", [S.CANCELED, S.REJECTED, S.FAILED, S.EXPIRED])
def test_what_nothing_is_owed_for_is_released(till: Till, status: S) -> None:
    account = till.booking(S.RESERVED)
    payment = till.authorise(account)
    Booking.objects.update(status=status)
    assert outcome(till.settle(account)) == ("SETTLED", "none", Decimal(0))
    assert till.intent(payment).status == "canceled"
    assert books(account) == {}


@pytest.mark.parametrize(("status", "reason"), [(S.CANCELED, "TERMS"), (S.EXPIRED, "NO_SLOT")])
def test_what_was_paid_in_advance_goes_back(till: Till, status: S, reason: str) -> None:
    account = till.booking(S.RESERVED)
    till.charge(account, "5.50", fee="0.28")
    Booking.objects.update(status=status)
    assert outcome(till.settle(account)) == ("SETTLED", "refunded", Decimal(0))
    refund = Refund.objects.get()
    assert (refund.amount, refund.reversed_amount, refund.fee_refunded, refund.reason, refund.status) == (
        Decimal("5.50"),
        Decimal("5.50"),
        Decimal("0.28"),
        reason,
        "SUCCEEDED",
    )
    assert till.taken_at_stripe(account) == till.fee_at_stripe(account) == till.operator_has(account) == 0
    assert books(account) == {"STRIPE_BALANCE": Decimal("-0.33"), "STRIPE_FEES": Decimal("0.33")}


def test_more_than_was_authorised_is_charged_to_the_saved_card(till: Till) -> None:
    account, _ = till.visit()
    till.authorise(account, "4.00")
    assert outcome(till.settle(account)) == ("SETTLED", "captured", Decimal("5.50"))
    extra = Payment.objects.get(purpose="EXTRA")
    assert (extra.captured_amount, extra.application_fee) == (Decimal("1.50"), Decimal("0.08"))
    assert (till.taken_at_stripe(account), till.fee_at_stripe(account)) == (Decimal("5.50"), Decimal("0.28"))
    assert till.operator_has(account) == Decimal("5.22")
    assert "DRIVER_RECEIVABLE" not in books(account)


def test_an_authorisation_is_raised_where_the_bank_grants_it(till: Till) -> None:
    account, _ = till.visit()
    payment = till.authorise(account, "4.00", raisable=True)
    assert till.settle(account).state == "SETTLED"
    assert till.intent(payment).amount_received == 550
    assert (payment.amount, Payment.objects.count()) == (Decimal("5.50"), 1)


def test_a_deposit_is_completed_by_the_saved_card(till: Till) -> None:
    account, _ = till.visit()
    till.charge(account, "2.00", fee="0.10")
    till.settle(account)
    assert list(Payment.objects.order_by("created_at").values_list("captured_amount", flat=True)) == [
        Decimal("2.00"),
        Decimal("3.50"),
    ]
    assert till.fee_at_stripe(account) == Decimal("0.28")


def test_two_authorisations_are_taken_in_their_order(till: Till) -> None:
    account, _ = till.visit()
    first = till.authorise(account, "5.00")
    second = till.authorise(account, "3.00")
    till.settle(account)
    assert (till.intent(first).amount_received, till.intent(second).amount_received) == (500, 50)
    assert (till.fee_at_stripe(account), till.operator_has(account)) == (Decimal("0.28"), Decimal("5.22"))


def test_a_card_that_refuses_leaves_a_debt_and_asks_the_driver(till: Till) -> None:
    account, _ = till.visit()
    till.authorise(account, "4.00")
    till.saved(account, till.save_card(SAVED_BUT_EMPTY))
    owing = till.settle(account)
    assert outcome(owing) == ("UNPAID", "failed", Decimal("4.00"))
    extra = Payment.objects.get(purpose="EXTRA")
    assert (extra.status, extra.failure_code, extra.captured_amount) == (
        "FAILED",
        "generic_decline",
        Decimal(0),
    )
    assert till.intent(extra).status == "canceled"
    told = DomainEvent.objects.get(type="payment.action_required").data
    assert (told["amount"], told["currency"], told["booking"]) == ("1.50", "EUR", account.booking.reference)
    assert books(account)["DRIVER_RECEIVABLE"] == Decimal("1.50")


def test_without_a_saved_card_the_driver_is_asked(till: Till) -> None:
    account, _ = till.visit()
    till.authorise(account, "4.00")
    till.saved(account, "")
    assert till.settle(account).state == "UNPAID"
    assert till.taken_at_stripe(account) == Decimal("4.00")


def test_an_authorisation_that_ran_out_is_found_and_the_saved_card_charged(till: Till) -> None:
    account, _ = till.visit()
    payment = till.authorise(account)
    till.client.v1.payment_intents.cancel(str(payment.stripe_id))
    assert till.settle(account).state == "SETTLED"
    payment.refresh_from_db()
    assert (payment.status, payment.failure_code) == ("CANCELED", "authorisation_expired")
    assert Payment.objects.get(purpose="EXTRA").captured_amount == Decimal("5.50")


def test_a_reduced_bill_gives_the_difference_back(till: Till) -> None:
    account, cdr = till.visit()
    till.authorise(account)
    till.settle(account)
    adjust_cdr(cdr, amount=Decimal("-1.10"), reason="too slow", actor=None, now=END)
    assert outcome(till.settle(account)) == ("SETTLED", "captured", Decimal("4.40"))
    refund = Refund.objects.get()
    assert (refund.amount, refund.fee_refunded, refund.reason) == (
        Decimal("1.10"),
        Decimal("0.06"),
        "CORRECTION",
    )
    assert (till.taken_at_stripe(account), till.fee_at_stripe(account)) == (Decimal("4.40"), Decimal("0.22"))
    assert till.operator_has(account) == Decimal("4.18")


def test_a_bill_that_was_taken_back_gives_everything_back(till: Till) -> None:
    account, cdr = till.visit()
    till.authorise(account)
    till.settle(account)
    credit_cdr(cdr, reason="wrong", actor=None, now=END)
    assert outcome(till.settle(account)) == ("SETTLED", "refunded", Decimal(0))
    assert books(account) == {"STRIPE_BALANCE": Decimal("-0.33"), "STRIPE_FEES": Decimal("0.33")}


def test_the_newest_payment_gives_back_first(till: Till) -> None:
    account, cdr = till.visit()
    till.authorise(account, "4.00")
    till.settle(account)
    adjust_cdr(cdr, amount=Decimal("-2.00"), reason="too slow", actor=None, now=END)
    till.settle(account)
    refunds = [(one.payment.purpose, one.amount) for one in Refund.objects.order_by("created_at", "amount")]
    assert refunds == [("CHECKOUT", Decimal("0.50")), ("EXTRA", Decimal("1.50"))]
    assert (till.taken_at_stripe(account), till.fee_at_stripe(account)) == (Decimal("3.50"), Decimal("0.18"))


def test_what_is_too_little_for_a_card_is_taken_off_the_bill(till: Till) -> None:
    account, _ = till.visit()
    till.authorise(account, "5.30")
    assert outcome(till.settle(account)) == ("SETTLED", "captured", Decimal("5.30"))
    assert [bill.total_after_taxes for bill in CDR.objects.order_by("total_after_taxes")] == [
        Decimal("-5.50"),
        Decimal("5.30"),
        Decimal("5.50"),
    ]
    assert "DRIVER_RECEIVABLE" not in books(account)


def test_what_nobody_thought_of_puts_off_one_account_and_no_other(till: Till) -> None:
    stuck, _ = till.visit()
    till.saved(stuck, "pm_of_nobody")
    Customer.objects.all().delete()
    fine = till.booking(S.CANCELED)
    BookingAccount.objects.update(state="DUE", due_at=END)
    BookingAccount.objects.filter(pk=stuck.pk).update(due_at=START)
    assert settle_due(END) == 2
    stuck.refresh_from_db()
    fine.refresh_from_db()
    assert (stuck.state, stuck.due_at, stuck.last_error[:21]) == (
        "DUE",
        END + timedelta(seconds=30),
        "DoesNotExist: Custome",
    )
    assert fine.state == "SETTLED"


def test_a_bill_that_is_not_what_its_inputs_give_moves_no_money(till: Till) -> None:
    account, cdr = till.visit()
    payment = till.authorise(account)
    one_more = "total_after_taxes = total_after_taxes + 1, total_before_taxes = total_before_taxes + 1"
    tamper_by_sql(f"UPDATE charging_cdr SET {one_more}")
    assert till.settle(account).last_error == f"BillDoubtful: Bill {cdr.pk} is not what its inputs give."
    assert till.intent(payment).status == "requires_capture"
