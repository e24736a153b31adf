"""The check of the books against Stripe's own lists: the sandbox, asked over HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import stripe
from django.utils import timezone

from charging.models import CDR
from payments.errors import PaymentProviderUnavailable
from payments.ledger import post_bill
from payments.ledger.checking import check_ledger
from payments.models import BookingAccount, LedgerCheck, OperatorAccount
from payments.sandbox.tests.running import Running, start
from payments.services.ledger_checks import run_ledger_check
from payments.tests.ledger.at_stripe import Paid, connect, dispute_of, give_back, pay, pay_out, sell, win
from payments.tests.ledger.making import paid_out
from payments.tests.ledger.tampering import tamper_by_sql

pytestmark = pytest.mark.django_db
Client = stripe.StripeClient


@pytest.fixture
def own_sandbox() -> Iterator[Running]:
    running = start()
    yield running
    running.stop()


@pytest.fixture
def client(own_sandbox: Running, settings: Any) -> Client:
    settings.EVB_PAYMENTS = True
    settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = "sk_test_any", own_sandbox.url
    return own_sandbox.client()


@pytest.fixture
def destination(client: Client, own_sandbox: Running, operator_account: OperatorAccount) -> str:
    operator_account.stripe_id = connect(client, own_sandbox)
    operator_account.save()
    return operator_account.stripe_id


@pytest.fixture
def paid(client: Client, account: BookingAccount, cdr: CDR, destination: str) -> Paid:
    post_bill(cdr, fee_share=account.fee_share)
    return pay(client, account, destination)


def found(*, ahead: timedelta = timedelta(days=30)) -> list[tuple[str, str]]:
    return [(one.kind, one.detail) for one in check_ledger(timezone.now() + ahead)]


def test_what_stripe_did_and_what_was_booked_are_the_same(
    client: Client, own_sandbox: Running, paid: Paid, operator_account: OperatorAccount
) -> None:
    give_back(client, paid, 150)
    own_sandbox.advance(3 * 86_400)
    pay_out(client, operator_account, 372)
    assert found() == []


def test_a_dispute_and_its_fee_are_the_same(
    client: Client, account: BookingAccount, destination: str, cdr: CDR
) -> None:
    post_bill(cdr, fee_share=account.fee_share)
    dispute_of(client, pay(client, account, destination, method="pm_card_createDispute"))
    assert found() == []


def test_a_won_dispute_whose_part_went_back_to_the_operator_is_the_same(
    client: Client, own_sandbox: Running, account: BookingAccount, destination: str, cdr: CDR
) -> None:
    post_bill(cdr, fee_share=account.fee_share)
    sell(client, amount=100_000, payment_method="pm_card_bypassPending")
    paid = pay(client, account, destination, method="pm_card_createDispute")
    win(client, own_sandbox, dispute_of(client, paid), paid, destination)
    assert found() == []


def test_objects_of_other_installations_are_not_ours_to_compare(client: Client, paid: Paid) -> None:
    sell(client, metadata={"installation": "another"})
    assert found() == []


def unknown_charge(client: Client) -> None:
    sell(client, metadata={"installation": "evbooking"})


def test_a_charge_that_we_do_not_know_is_found(client: Client, paid: Paid) -> None:
    unknown_charge(client)
    assert found() == [("charge", "Stripe has 7.00 EUR, we do not")]


def test_what_stripe_did_just_now_is_given_a_quarter_of_an_hour(client: Client, paid: Paid) -> None:
    unknown_charge(client)
    assert found(ahead=timedelta()) == []


def test_a_refund_made_past_us_is_found(client: Client, paid: Paid) -> None:
    client.v1.refunds.create({"charge": paid.charge.id, "amount": 100})
    assert found() == [
        ("refund_at_stripe", "Stripe has 1.00 EUR, we do not"),
        ("balance", "Stripe moved -1.05 EUR, we booked -0.05 EUR"),
    ]


def test_a_reversal_made_past_us_is_found(client: Client, paid: Paid) -> None:
    client.v1.transfers.reversals.create(paid.charge.transfer, {"amount": 100})
    assert found() == [
        ("reversal", "Stripe has it, we do not"),
        ("balance", "Stripe moved 0.95 EUR, we booked -0.05 EUR"),
    ]


def test_a_payout_made_past_us_is_found(
    client: Client, own_sandbox: Running, paid: Paid, operator_account: OperatorAccount
) -> None:
    own_sandbox.advance(3 * 86_400)
    pay_out(client, operator_account, 372)
    client.v1.payouts.create(
        {"amount": 100, "currency": "eur", "metadata": {"installation": "evbooking"}},
        {"stripe_account": str(operator_account.stripe_id)},
    )
    assert found() == [("payout_at_stripe", "Stripe has 1.00 EUR, we do not")]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "UPDATE payments_payment SET charge_id = 'ch_none', transfer_id = 'tr_none'",
            [
                ("charge", "Stripe has 5.50 EUR, we do not"),
                ("charge", "we have 5.50 EUR, Stripe does not"),
            ],
        ),
        (
            "UPDATE payments_refund SET stripe_id = 're_none'",
            [
                ("refund_at_stripe", "Stripe has 1.00 EUR, we do not"),
                ("refund_at_stripe", "we have 1.00 EUR, Stripe does not"),
            ],
        ),
        (
            "UPDATE payments_payment SET application_fee = 0.30",
            [("transfer", "Stripe says 5.20 EUR, we say 5.22 EUR")],
        ),
        (
            "UPDATE payments_ledgertransaction SET key = 'reversal:trr_none' WHERE kind = 'REVERSAL'",
            [
                ("reversal", "Stripe has it, we do not"),
                ("reversal", "we have it, Stripe does not"),
            ],
        ),
        (
            """UPDATE payments_ledgerentry SET amount = sign(amount) * 0.09
            WHERE account IN ('STRIPE_FEES', 'STRIPE_BALANCE')
              AND transaction_id IN (SELECT id FROM payments_ledgertransaction WHERE kind = 'STRIPE_FEE')""",
            [("balance", "Stripe moved -0.10 EUR, we booked 0.14 EUR")],
        ),
    ],
)
def test_each_way_to_differ_from_stripe_is_found(
    client: Client, paid: Paid, statement: str, expected: list[tuple[str, str]]
) -> None:
    give_back(client, paid, 100)
    tamper_by_sql(statement)
    looked_for = {kind for kind, _ in expected}
    assert [one for one in found() if one[0] in looked_for] == expected


def test_amounts_of_disputes_and_payouts_are_compared(
    client: Client,
    own_sandbox: Running,
    account: BookingAccount,
    destination: str,
    operator_account: OperatorAccount,
) -> None:
    dispute_of(client, pay(client, account, destination, method="pm_card_createDispute"))
    own_sandbox.advance(3 * 86_400)
    pay_out(client, operator_account, 372)
    tamper_by_sql("UPDATE payments_dispute SET amount = 5; UPDATE payments_payout SET amount = 3")
    kinds = dict(found())
    assert kinds["dispute_at_stripe"] == "Stripe says 5.50 EUR, we say 5.00 EUR"
    assert kinds["payout_at_stripe"] == "Stripe says 3.72 EUR, we say 3.00 EUR"


def test_lists_longer_than_a_page_are_read_to_their_end(
    client: Client, paid: Paid, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("payments.ledger.checking.stripe_objects.BATCH", 2)
    for _ in range(5):
        unknown_charge(client)
    assert found() == [("charge", "Stripe has 7.00 EUR, we do not")] * 5


def test_a_stripe_that_does_not_answer_is_no_clean_check(
    client: Client, own_sandbox: Running, paid: Paid
) -> None:
    own_sandbox.stop()
    with pytest.raises(PaymentProviderUnavailable):
        run_ledger_check(timezone.now())
    assert not LedgerCheck.objects.exists()


def test_an_operator_that_stripe_does_not_know_stops_no_check(
    client: Client, paid: Paid, operator_account: OperatorAccount
) -> None:
    """What was paid out to it is not found there: that is told, and all the rest compared."""
    paid_out(operator_account, "1.00", stripe_id="po_elsewhere", created_at=timezone.now())
    OperatorAccount.objects.update(stripe_id="acct_elsewhere")
    assert ("payout_at_stripe", "we have 1.00 EUR, Stripe does not") in found()
