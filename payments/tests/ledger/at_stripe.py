"""One booking's money as it really moves at the sandbox, and the rows and entries that tell of it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import stripe
from django.conf import settings

from evbooking.core.money import Money
from payments.gateway import money_of
from payments.ledger import (
    post_capture,
    post_dispute,
    post_fee,
    post_payout,
    post_refund,
    post_reversal,
    post_transfer,
)
from payments.models import BookingAccount, Dispute, OperatorAccount, Payment, Payout, Refund
from payments.tests.ledger.making import captured, disputed, paid_out, refunded

Client = stripe.StripeClient


@dataclass(frozen=True)
class Paid:
    """What a booking of 5.50 EUR left at Stripe."""

    payment: Payment
    charge: Any


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def connect(client: Client, sandbox: Any) -> str:
    """A connected account that may receive transfers."""
    wanted: Any = {"transfers": {"requested": True}, "card_payments": {"requested": True}}
    account = client.v1.accounts.create({"country": "DE", "capabilities": wanted})
    sandbox.control(f"accounts/{account.id}/onboard")
    return str(account.id)


def sell(client: Client, **fields: Any) -> None:
    """A sale that we have no row of, of 7.00 EUR."""
    asked: Any = {
        "amount": 700,
        "currency": "eur",
        "payment_method": "pm_card_visa",
        "confirm": True,
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        **fields,
    }
    client.v1.payment_intents.create(asked)


def pay(
    client: Client,
    account: BookingAccount,
    destination: str,
    *,
    method: str = "pm_card_visa",
    amount: int = 550,
) -> Paid:
    """Charge the card, 28 cents of it for the platform, and book all that came of it."""
    intent = client.v1.payment_intents.create(
        {
            "amount": amount,
            "currency": "eur",
            "payment_method": method,
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "application_fee_amount": 28,
            "transfer_data": {"destination": destination},
            "metadata": {"installation": settings.EVB_INSTALLATION},
            "expand": ["latest_charge.balance_transaction"],
        }
    )
    charge: Any = intent.latest_charge
    money = money_of(amount, "EUR")
    payment = captured(
        account,
        f"{money.amount}",
        stripe_id=intent.id,
        charge_id=charge.id,
        transfer_id=charge.transfer,
        application_fee=Decimal("0.28"),
        captured_at=at(charge.created),
    )
    fee = charge.balance_transaction
    post_capture(payment)
    post_fee(
        payment, balance_transaction=fee.id, amount=money_of(fee.fee, "EUR"), occurred_at=at(fee.created)
    )
    net = money - Money(payment.application_fee, "EUR")
    post_transfer(payment, transfer=charge.transfer, amount=net, occurred_at=at(charge.created))
    return Paid(payment, charge)


def give_back(client: Client, paid: Paid, cents: int) -> Refund:
    """Refund a part with its part of the transfer and the fee, and book it."""
    made = client.v1.refunds.create(
        {
            "charge": paid.charge.id,
            "amount": cents,
            "reverse_transfer": True,
            "refund_application_fee": True,
            "metadata": {"installation": settings.EVB_INSTALLATION},
        }
    )
    fee = client.v1.application_fees.retrieve(paid.charge.application_fee)
    money = money_of(cents, "EUR")
    refund = refunded(paid.payment, f"{money.amount}", stripe_id=made.id, created_at=at(made.created))
    post_refund(refund)
    post_reversal(
        paid.payment,
        reversal=str(made.transfer_reversal),
        amount=money - money_of(fee.amount_refunded, "EUR"),
        occurred_at=at(made.created),
    )
    return refund


def dispute_of(client: Client, paid: Paid) -> Dispute:
    """The dispute that the test card opened, and its fee, booked."""
    [made] = client.v1.disputes.list({"charge": paid.charge.id}).data
    [movement] = made.balance_transactions
    dispute = disputed(
        paid.payment, f"{money_of(made.amount, 'EUR').amount}", stripe_id=made.id, created_at=at(made.created)
    )
    post_dispute(dispute)
    post_fee(
        paid.payment,
        balance_transaction=movement.id,
        amount=money_of(movement.fee, "EUR"),
        occurred_at=at(movement.created),
    )
    return dispute


def pay_out(client: Client, operator_account: OperatorAccount, cents: int) -> Payout:
    """Ask for a payout of the connected account, and book it."""
    made = client.v1.payouts.create(
        {"amount": cents, "currency": "eur", "metadata": {"installation": settings.EVB_INSTALLATION}},
        {"stripe_account": str(operator_account.stripe_id)},
    )
    payout = paid_out(
        operator_account, f"{money_of(cents, 'EUR').amount}", stripe_id=made.id, created_at=at(made.created)
    )
    post_payout(payout)
    return payout


def win(client: Client, sandbox: Any, dispute: Dispute, paid: Paid, destination: str) -> None:
    """What was held back of the operator's part is taken, the dispute won, the part returned; all booked."""
    part = money_of(522, "EUR")
    taken = client.v1.transfers.reversals.create(paid.charge.transfer, {"amount": 522})
    post_reversal(paid.payment, reversal=taken.id, amount=part, occurred_at=at(taken.created))
    sandbox.control(f"disputes/{dispute.stripe_id}/close", outcome="won")
    returned = client.v1.transfers.create(
        {
            "amount": 522,
            "currency": "eur",
            "destination": destination,
            "metadata": {"installation": settings.EVB_INSTALLATION},
        }
    )
    dispute.status, dispute.returned_id = Dispute.Status.WON, returned.id
    dispute.save()
    post_dispute(dispute)
    post_transfer(paid.payment, transfer=returned.id, amount=part, occurred_at=at(returned.created))
    fee = client.v1.disputes.retrieve(dispute.stripe_id).balance_transactions[-1]
    post_fee(
        paid.payment,
        balance_transaction=fee.id,
        amount=money_of(fee.fee, "EUR"),
        occurred_at=at(fee.created),
    )
