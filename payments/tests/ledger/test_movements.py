"""Captures, refunds, transfers, fees, payouts and operators' plans in the books."""

from decimal import Decimal

import pytest

from accounts.models import Operator
from charging.models import CDR
from payments.ledger import (
    balance,
    post_bill,
    post_capture,
    post_fee,
    post_payout,
    post_refund,
    post_reversal,
    post_subscription,
    post_transfer,
    return_payout,
    return_refund,
)
from payments.ledger.recording import Account
from payments.models import BookingAccount, LedgerEntry, OperatorAccount
from payments.tests.bills import END
from payments.tests.ledger.entries import count, euro, sides
from payments.tests.ledger.making import captured, paid_out, refunded

pytestmark = pytest.mark.django_db


def test_what_is_captured_is_no_longer_owed(account: BookingAccount, cdr: CDR) -> None:
    post_bill(cdr, fee_share=account.fee_share)
    payment = captured(account, "5.50")
    assert sides(post_capture(payment)) == {"STRIPE_BALANCE": "5.5", "DRIVER_RECEIVABLE": "-5.5"}
    assert not balance(Account.DRIVER_RECEIVABLE, "EUR", booking_reference=cdr.booking_reference)
    assert post_capture(payment) is None
    assert count() == 2


def test_every_entry_of_a_payment_names_operator_driver_and_station(account: BookingAccount) -> None:
    post_capture(captured(account, "5.50"))
    booking = account.booking
    parties = set(LedgerEntry.objects.values_list("operator", "driver", "station"))
    assert parties == {(account.operator_id, booking.driver_id, booking.station_id)}


def test_a_refund_is_owed_again_and_one_that_failed_is_not(account: BookingAccount) -> None:
    refund = refunded(captured(account, "5.50"), "2.00")
    assert sides(post_refund(refund)) == {"DRIVER_RECEIVABLE": "2", "STRIPE_BALANCE": "-2"}
    assert sides(return_refund(refund)) == {"DRIVER_RECEIVABLE": "-2", "STRIPE_BALANCE": "2"}
    assert (post_refund(refund), return_refund(refund)) == (None, None)
    assert count() == 2


def test_a_refund_that_was_never_booked_does_not_come_back(account: BookingAccount) -> None:
    assert return_refund(refunded(captured(account, "5.50"), "2.00")) is None
    assert count() == 0


def test_transfer_reversal_and_fee_move_the_platforms_balance(account: BookingAccount) -> None:
    payment = captured(account, "5.50")
    transfer = post_transfer(payment, transfer="tr_1", amount=euro("5.22"), occurred_at=END)
    reversal = post_reversal(payment, reversal="trr_1", amount=euro("1.00"), occurred_at=END)
    fee = post_fee(payment, balance_transaction="txn_1", amount=euro("0.33"), occurred_at=END)
    assert sides(transfer) == {"OPERATOR_BALANCE": "5.22", "STRIPE_BALANCE": "-5.22"}
    assert sides(reversal) == {"STRIPE_BALANCE": "1", "OPERATOR_BALANCE": "-1"}
    assert sides(fee) == {"STRIPE_FEES": "0.33", "STRIPE_BALANCE": "-0.33"}
    assert balance(Account.STRIPE_BALANCE, "EUR") == euro("-4.55")


def test_a_payout_pays_what_is_owed_first_and_the_rest_from_the_vat(
    operator_account: OperatorAccount, cdr: CDR
) -> None:
    post_bill(cdr, fee_share=Decimal(5))  # 4.34 owed, 0.88 VAT
    first, second = paid_out(operator_account, "4.00"), paid_out(operator_account, "1.22")
    assert sides(post_payout(first)) == {"OPERATOR_PAYABLE": "4", "OPERATOR_BALANCE": "-4"}
    assert sides(post_payout(second)) == {
        "OPERATOR_PAYABLE": "0.34",
        "TAX": "0.88",
        "OPERATOR_BALANCE": "-1.22",
    }
    assert not balance(Account.TAX, "EUR", operator=operator_account.operator)


def test_a_payout_that_came_back_is_owed_as_before(operator_account: OperatorAccount, cdr: CDR) -> None:
    post_bill(cdr, fee_share=Decimal(5))
    payout = paid_out(operator_account, "5.22")
    post_payout(payout)
    assert sides(return_payout(payout)) == {
        "OPERATOR_PAYABLE": "-4.34",
        "TAX": "-0.88",
        "OPERATOR_BALANCE": "5.22",
    }
    assert return_payout(payout) is None


def test_an_operators_plan_is_the_platforms_income(operator: Operator) -> None:
    booked = post_subscription(operator, invoice="in_1", amount=euro("49"), occurred_at=END)
    assert sides(booked) == {"STRIPE_BALANCE": "49", "SUBSCRIPTIONS": "-49"}
    assert LedgerEntry.objects.filter(operator=operator).count() == 2
