"""Paying operators out: what is owed, settled and undisputed, once."""

from datetime import timedelta
from decimal import Decimal

import httpx
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from evbooking.core.models import AuditEntry, DomainEvent
from evbooking.core.money import Money
from payments.errors import NothingToPayOut, PaymentProviderUnavailable, PaymentsNotReady, PayoutUnderWay
from payments.gateway import minor
from payments.ledger import balance
from payments.ledger.recording import Account, Parties, record, transfer_of
from payments.models import LedgerEntry, LedgerTransaction, OperatorAccount, Payout
from payments.sandbox.tests.running import DAY, Running
from payments.selectors.payable import payable_of
from payments.services.onboarding import sync_operator_account
from payments.services.payouts import (
    pay_out_due,
    request_payout,
    retry_failed,
    sweep_payouts,
    sync_payout,
)
from payments.tests.ledger.making import disputed
from payments.tests.operators.conftest import NOW
from payments.tests.operators.earning import SHARE, earn, earn_in_books, pay_at_stripe

LATER = NOW + timedelta(hours=1)
ZERO = Money.zero("EUR")


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def owed(account: OperatorAccount) -> Money:
    return payable_of(account).owed


def told() -> list[str]:
    return list(
        DomainEvent.objects.filter(type__startswith="payout.").order_by("id").values_list("type", flat=True)
    )


def test_all_that_is_owed_and_settled_goes_to_the_bank(
    sandbox: Running, ready: OperatorAccount, driver: User, owner: User
) -> None:
    earn(sandbox, ready, driver)
    payout = request_payout(ready, actor=owner, now=NOW)
    assert (payout.amount, payout.currency, payout.status) == (Decimal("5.22"), "EUR", "IN_TRANSIT")
    assert payout.requested_by == owner
    assert owed(ready) == ZERO
    assert balance(LedgerEntry.Account.OPERATOR_BALANCE, "EUR", operator=ready.operator) == ZERO
    sandbox.advance(3 * DAY)
    paid = sync_payout(payout, now=LATER)
    assert (paid.status, paid.last_updated) == ("PAID", LATER)
    assert told() == ["payout.created", "payout.paid"]
    assert AuditEntry.objects.get(action="operator.payout").after == {
        "payout": str(payout.pk),
        "amount": "5.22",
        "currency": "EUR",
    }


def test_never_more_than_stripe_has_available(
    sandbox: Running, ready: OperatorAccount, driver: User, owner: User
) -> None:
    earn_in_books(ready, driver)
    earn(sandbox, ready, driver)
    assert owed(ready) == eur("10.44")
    assert request_payout(ready, actor=owner, now=NOW).amount == Decimal("5.22")
    assert owed(ready) == SHARE


def test_never_more_than_the_books_owe(
    sandbox: Running, ready: OperatorAccount, driver: User, owner: User
) -> None:
    earn(sandbox, ready, driver)
    pay_at_stripe(sandbox, ready)
    assert request_payout(ready, actor=owner, now=NOW).amount == Decimal("5.22")
    with pytest.raises(NothingToPayOut):
        request_payout(ready, actor=owner, now=LATER)
    assert Payout.objects.count() == 1


def test_what_is_disputed_is_held_back_until_it_is_decided(
    sandbox: Running, ready: OperatorAccount, driver: User, owner: User
) -> None:
    payment = earn(sandbox, ready, driver)
    earn(sandbox, ready, driver)
    dispute = disputed(payment, "5.50")
    assert payable_of(ready).available == eur("4.94")  # nothing was taken back yet: all of it may be
    dispute.reversal_id, dispute.held_amount = "trr_1", SHARE.amount
    dispute.save()
    assert payable_of(ready).available == SHARE
    dispute.status = "WON"
    dispute.save()
    assert payable_of(ready).available == eur("10.44")


def test_nothing_is_paid_out_before_the_account_is_finished(
    opened: OperatorAccount, driver: User, owner: User
) -> None:
    earn_in_books(opened, driver)
    with pytest.raises(PaymentsNotReady):
        request_payout(opened, actor=owner, now=NOW)
    assert not Payout.objects.exists()


def test_while_one_is_being_sent_there_is_no_second(
    sandbox: Running, ready: OperatorAccount, driver: User, owner: User
) -> None:
    earn(sandbox, ready, driver)
    sandbox.control(
        "faults", target="api", kind="error", status=500, when="after", match="/v1/payouts", times=4
    )
    payout = request_payout(ready, actor=owner, now=NOW)
    httpx.delete(f"{sandbox.url}/_sandbox/faults").raise_for_status()
    assert (payout.status, payout.stripe_id) == ("PENDING", None)
    with pytest.raises(PayoutUnderWay):
        request_payout(ready, actor=owner, now=LATER)
    assert sweep_payouts(LATER) == 1
    payout.refresh_from_db()
    assert payout.status == "IN_TRANSIT"
    made = sandbox.client().v1.payouts.list({}, {"stripe_account": str(ready.stripe_id)}).data
    assert [one.id for one in made] == [payout.stripe_id]
    assert LedgerTransaction.objects.filter(kind="PAYOUT").count() == 1


def test_stripe_down_before_anything_was_written_writes_nothing(
    sandbox: Running, ready: OperatorAccount, driver: User, owner: User
) -> None:
    earn(sandbox, ready, driver)
    sandbox.control("faults", target="api", kind="error", status=500, match="/v1/balance", times=2)
    with pytest.raises(PaymentProviderUnavailable):
        request_payout(ready, actor=owner, now=NOW)
    assert not Payout.objects.exists()


def test_a_payout_that_came_back_waits_for_another_bank_account(
    sandbox: Running, ready: OperatorAccount, driver: User
) -> None:
    earn(sandbox, ready, driver)
    assert pay_out_due(NOW) == 1
    payout = Payout.objects.get()
    sandbox.control(f"payouts/{payout.stripe_id}/fail")
    failed = sync_payout(payout, now=LATER)
    assert (failed.status, failed.failure_code) == ("FAILED", "account_closed")
    assert owed(ready) == SHARE
    assert told() == ["payout.created", "payout.failed"]
    assert (pay_out_due(LATER), retry_failed(LATER)) == (0, 0)
    OperatorAccount.objects.filter(pk=ready.pk).update(bank="Old bank .... 1111")
    sync_operator_account(ready, now=LATER + timedelta(minutes=1))
    assert retry_failed(LATER + timedelta(minutes=2)) == 1
    assert list(Payout.objects.order_by("created_at").values_list("status", flat=True)) == [
        "FAILED",
        "IN_TRANSIT",
    ]
    assert owed(ready) == ZERO


def test_an_older_state_changes_nothing(
    sandbox: Running, ready: OperatorAccount, driver: User, owner: User
) -> None:
    earn(sandbox, ready, driver)
    payout = request_payout(ready, actor=owner, now=NOW)
    Payout.objects.filter(pk=payout.pk).update(status="PAID")
    assert sync_payout(payout, now=LATER).status == "PAID"
    assert told() == ["payout.created"]


def test_what_stripe_refuses_stays_owed(
    sandbox: Running, ready: OperatorAccount, driver: User, owner: User
) -> None:
    earn(sandbox, ready, driver)
    payout = Payout.objects.create(
        account=ready, amount=Decimal(900), currency="EUR", created_at=NOW, last_updated=NOW
    )
    refused = sync_payout(payout, now=LATER)
    assert (refused.status, refused.failure_code, refused.stripe_id) == (
        "FAILED",
        "balance_insufficient",
        None,
    )
    assert owed(ready) == SHARE
    assert pay_out_due(LATER) == 1  # it never reached the bank, so nothing has to be changed first


def test_the_position_of_an_operator_is_five_queries(ready: OperatorAccount, driver: User) -> None:
    earn_in_books(ready, driver)
    with CaptureQueriesContext(connection) as asked:
        payable_of(ready)
    assert len(asked) == 5


def test_forints_are_paid_out_whole_and_the_rest_waits_for_the_next_payout(
    sandbox: Running, ready: OperatorAccount, driver: User, owner: User
) -> None:
    OperatorAccount.objects.update(currency="HUF")
    ready.refresh_from_db()
    earn_forints(sandbox, ready, "1010.45")
    assert str(payable_of(ready).available) == "1010.00 HUF"
    payout = request_payout(ready, actor=owner, now=NOW)
    assert (payout.amount, payout.status) == (Decimal("1010.00"), "IN_TRANSIT")
    assert str(owed(ready)) == "0.45 HUF"
    with pytest.raises(NothingToPayOut):
        request_payout(ready, actor=owner, now=NOW)
    earn_forints(sandbox, ready, "500.60")
    assert request_payout(ready, actor=owner, now=LATER).amount == Decimal("501.00")
    assert str(owed(ready)) == "0.05 HUF"


def earn_forints(sandbox: Running, account: OperatorAccount, amount: str) -> None:
    """So much owed to the operator in the books, and on its balance at the sandbox."""
    money = Money(Decimal(amount), "HUF")
    parties = Parties(operator_id=account.pk)
    with transaction.atomic():
        for kind, sides in (
            (
                LedgerTransaction.Kind.BILL,
                {"debit": Account.DRIVER_RECEIVABLE, "credit": Account.OPERATOR_PAYABLE},
            ),
            (
                LedgerTransaction.Kind.TRANSFER,
                {"debit": Account.OPERATOR_BALANCE, "credit": Account.STRIPE_BALANCE},
            ),
        ):
            entries = transfer_of(money, parties=parties, **sides)
            record(kind, key=f"{kind}:{amount}", occurred_at=NOW, description="test", entries=entries)
    sandbox.client().v1.payment_intents.create(
        {
            "amount": minor(money),
            "currency": "huf",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "transfer_data": {"destination": str(account.stripe_id)},
        }
    )
    sandbox.advance(3 * DAY)
