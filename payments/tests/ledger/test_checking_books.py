"""The check of the books finds each kind of difference, brought in by SQL with the guards off."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from charging.models import CDR
from evbooking.core.metrics import scrape
from evbooking.core.models import DomainEvent
from payments.ledger import (
    post_bill,
    post_capture,
    post_dispute,
    post_payout,
    post_refund,
)
from payments.ledger.checking import check_ledger
from payments.models import BookingAccount, Dispute, LedgerCheck, OperatorAccount, Payment, Refund
from payments.services.ledger_checks import run_ledger_check
from payments.tests.bills import END
from payments.tests.ledger.making import captured, disputed, paid_out, refunded
from payments.tests.ledger.tampering import Tamper, tamper_by_sql

pytestmark = pytest.mark.django_db
LATER = END + timedelta(days=1)


@pytest.fixture(autouse=True)
def _without_stripe(settings: Any) -> None:
    settings.EVB_PAYMENTS = False


@pytest.fixture
def books(account: BookingAccount, cdr: CDR, operator_account: OperatorAccount) -> BookingAccount:
    """A settled booking of which too much was taken, given back, disputed and won, and a payout."""
    payment = captured(account, "6.00")
    refund = refunded(payment, "0.50")
    dispute = disputed(payment, "5.50", status=Dispute.Status.WON)
    post_bill(cdr, fee_share=account.fee_share)
    post_capture(payment)
    post_refund(refund)
    post_dispute(dispute)
    post_payout(paid_out(operator_account, "5.22"))
    account.state, account.settled_at = BookingAccount.State.SETTLED, END
    account.save()
    return account


@pytest.fixture
def tamper(books: BookingAccount) -> Tamper:
    """Change rows behind the back of every guard."""

    return tamper_by_sql


def found(*, now: datetime = LATER) -> list[tuple[str, str]]:
    return [(one.kind, one.detail) for one in check_ledger(now)]


def test_books_in_order_have_no_difference(books: BookingAccount) -> None:
    assert check_ledger(LATER) == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "UPDATE payments_ledgerentry SET amount = -0.29 WHERE account = 'PLATFORM_FEE'",
            [("unbalanced", "should be 0, is -0.010 EUR")],
        ),
        (
            """UPDATE payments_ledgerentry SET amount = CASE account WHEN 'TAX' THEN -0.90 ELSE -4.32 END
            WHERE amount IN (-0.88, -4.34)""",
            [("bill", "should be 5.5000 with 0.8800 VAT, is 5.500 with 0.900 VAT")],
        ),
        (
            "DELETE FROM payments_ledgertransaction WHERE kind = 'CAPTURE'",
            [
                ("capture", "should be 6.000, is 0"),
                ("settled", "should be 0 owed, is 6.000 EUR"),
            ],
        ),
        (
            "UPDATE payments_payment SET captured_amount = 5",
            [("capture", "should be 5.000, is 6.000")],
        ),
        (
            "UPDATE payments_refund SET amount = 0.40",
            [("refund", "should be 0.400 SUCCEEDED, is 0.500")],
        ),
        (
            "UPDATE payments_refund SET status = 'FAILED'",
            [("refund", "should be 0.500 FAILED, is 0.500")],
        ),
        (
            "UPDATE payments_dispute SET status = 'UNDER_REVIEW'",
            [("dispute", "should be 5.500 UNDER_REVIEW, is 0.000")],
        ),
        (
            "UPDATE payments_payout SET amount = 5",
            [("payout", "should be 5.000 PAID, is 5.220")],
        ),
        (
            "UPDATE payments_payout SET status = 'CANCELED'",
            [("payout", "should be 5.220 CANCELED, is 5.220")],
        ),
    ],
)
def test_each_kind_of_difference_is_found(
    tamper: Tamper, statement: str, expected: list[tuple[str, str]]
) -> None:
    tamper(statement)
    assert found() == expected


def test_a_movement_whose_cause_is_gone_is_found(tamper: Tamper) -> None:
    tamper("DELETE FROM payments_refund")
    assert found() == [("without_cause", "should be what it was booked for, is nothing")]


def test_a_bill_that_its_inputs_do_not_give_is_found(tamper: Tamper, cdr: CDR) -> None:
    tamper(
        "UPDATE charging_cdr SET tariff = jsonb_set(tariff, '{elements,0,price_components,0,price}', '0.6')"
    )
    assert found() == [("cdr", "says 5.50 EUR with 0.88 EUR VAT, computes to 6.60 EUR with 1.05 EUR")]


def test_a_bill_whose_inputs_give_none_is_found(tamper: Tamper) -> None:
    tamper("""UPDATE charging_cdr SET charging_periods = '[{}]'""")
    [(kind, detail)] = found()
    assert kind == "cdr"
    assert detail.startswith("says 5.50 EUR, cannot be computed: KeyError")


def test_a_bill_that_is_not_booked_yet_is_given_a_quarter_of_an_hour(cdr: CDR) -> None:
    assert found(now=cdr.issued_at + timedelta(minutes=14)) == []
    assert found(now=cdr.issued_at + timedelta(minutes=16)) == [
        ("bill", "should be 5.5000 with 0.8800 VAT, is 0 with 0 VAT")
    ]


@pytest.mark.parametrize(
    ("strategy", "status", "secured"),
    [
        ("AUTHORISE", "AUTHORISED", True),
        ("AUTHORISE", "SAVED", False),
        ("SAVE_CARD", "SAVED", True),
        ("SAVE_CARD", "FAILED", False),
        ("PREPAYMENT", "CAPTURED", True),
        ("DEPOSIT", "AUTHORISED", False),
    ],
)
def test_a_reserved_slot_paid_online_has_the_security_its_strategy_asks(
    books: BookingAccount, strategy: str, status: str, secured: bool
) -> None:
    booking = books.booking
    booking.status, booking.terms = "RESERVED", {**booking.terms, "payment": "ONLINE"}
    booking.save()
    BookingAccount.objects.update(strategy=strategy)
    Payment.objects.update(status=status)
    expected = [] if secured else [("unsecured", f"should be {strategy}, is none")]
    assert found() == expected


def test_the_command_says_that_all_is_well(books: BookingAccount, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("ledger_check")
    assert capsys.readouterr().out == "The ledger is clean.\n"


def test_the_command_names_each_difference_and_exits_1(
    tamper: Tamper, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper("UPDATE payments_refund SET status = 'FAILED'")
    with pytest.raises(CommandError, match="1 differences") as refused:
        call_command("ledger_check")
    assert refused.value.returncode == 1
    refund = Refund.objects.get()
    assert capsys.readouterr().out == f"refund refund:{refund.pk}: should be 0.500 FAILED, is 0.500\n"


def test_a_difference_raises_the_alarm(tamper: Tamper, caplog: pytest.LogCaptureFixture) -> None:
    tamper("UPDATE payments_refund SET status = 'FAILED'")
    run_ledger_check(timezone.now())
    kept = LedgerCheck.objects.get()
    assert (kept.count, kept.differences[0]["kind"]) == (1, "refund")
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    told = DomainEvent.objects.get(type="ledger.differs")
    assert told.data["count"] == 1
    assert "evb_ledger_differences 1.0" in scrape().decode()


def test_a_clean_check_raises_none(books: BookingAccount) -> None:
    run_ledger_check(timezone.now())
    assert LedgerCheck.objects.get().count == 0
    assert not DomainEvent.objects.filter(type="ledger.differs").exists()
    assert "evb_ledger_differences 0.0" in scrape().decode()
