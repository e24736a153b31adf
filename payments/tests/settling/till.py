"""A booking's money at the sandbox: authorised, charged, disputed, and what Stripe holds of it in the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import stripe
from django.conf import settings
from django.db import transaction

from accounts.models import User
from charging.models import CDR
from evbooking.core.money import Money
from payments.gateway import minor, money_of
from payments.ledger import balance
from payments.models import BookingAccount, Customer, LedgerEntry, Payment
from payments.sandbox.tests.running import Running
from payments.services.marking import mark_due
from payments.services.settling import settle_account
from payments.services.sync import sync_payment
from payments.tests.bills import END, START, billed_visit, make_account
from stations.models import EVSE
from tests.factories import make_booking

VISA = "pm_card_visa"
SAVED_BUT_EMPTY = "pm_card_chargeCustomerFail"
Status = Payment.Status


@dataclass
class Till:
    """Stripe's side (`sandbox`, `client`), the operator's account there, and our driver with a customer."""

    sandbox: Running
    client: stripe.StripeClient
    destination: str
    driver: User
    evse: EVSE

    def customer(self) -> str:
        known = Customer.objects.filter(driver=self.driver).first()
        if known is None:
            made = self.client.v1.customers.create({"email": self.driver.email})
            known = Customer.objects.create(driver=self.driver, stripe_id=made.id, created_at=START)
        return str(known.stripe_id)

    def save_card(self, method: str = VISA) -> str:
        return self.client.v1.payment_methods.attach(method, {"customer": self.customer()}).id

    def visit(self) -> tuple[BookingAccount, CDR]:
        """A visit over and billed with 5.50 EUR, of which 28 cents are the platform's; its card is saved."""
        fields: dict[str, Any] = {"destination": self.destination, "payment_method": self.save_card()}
        return billed_visit(self.evse, self.driver, **fields)

    def saved(self, account: BookingAccount, method: str) -> None:
        """From now on this card is charged, or with "" none."""
        BookingAccount.objects.filter(pk=account.pk).update(payment_method=method)

    def booking(self, status: str, **fields: Any) -> BookingAccount:
        """A booking without a bill."""
        booked = make_booking(self.evse, self.driver, start=START, status=status)
        return make_account(booked, destination=self.destination, **fields)

    def authorise(self, account: BookingAccount, amount: str = "6.60", **fields: Any) -> Payment:
        """An authorisation; `raisable` asks the bank for one that can be increased."""
        options: dict[str, Any] = {}
        if fields.pop("raisable", False):
            options = {
                "payment_method_options": {"card": {"request_incremental_authorization": "if_available"}}
            }
        return self._pay(
            account, amount, Payment.Kind.AUTHORISATION, capture_method="manual", **options, **fields
        )

    def charge(self, account: BookingAccount, amount: str, *, fee: str, method: str = VISA) -> Payment:
        """Money taken in advance, `fee` of it for the platform."""
        more = {"application_fee_amount": minor(Money(Decimal(fee), account.currency))}
        return self._pay(account, amount, Payment.Kind.CHARGE, method=method, **more)

    def _pay(
        self, account: BookingAccount, amount: str, kind: Payment.Kind, *, method: str = VISA, **asked: Any
    ) -> Payment:
        money = Money(Decimal(amount), account.currency)
        payment = Payment.objects.create(
            account=account,
            driver=self.driver,
            kind=kind,
            purpose=Payment.Purpose.CHECKOUT,
            currency=money.currency,
            amount=money.amount,
            destination=account.destination,
            created_at=START + timedelta(seconds=account.payments.count()),
            last_updated=START,
        )
        asked |= {
            "amount": minor(money),
            "currency": money.currency.lower(),
            "customer": self.customer(),
            "payment_method": method,
            "payment_method_types": ["card"],
            "confirm": True,
            "transfer_data": {"destination": account.destination},
            "metadata": {"payment": str(payment.pk), "installation": settings.EVB_INSTALLATION},
        }
        intent = self.client.v1.payment_intents.create(asked)  # type: ignore[arg-type]
        Payment.objects.filter(pk=payment.pk).update(stripe_id=intent.id)
        return sync_payment(Payment.objects.get(pk=payment.pk), now=START)

    def settle(self, account: BookingAccount) -> BookingAccount:
        """Make it due, and settle."""
        with transaction.atomic():
            mark_due(account.booking, now=END)
        return settle_account(account, now=END)

    def fill_the_platforms_balance(self) -> None:
        """Money that is available at once, of a sale that is none of ours."""
        self.sell(1_000_000, "pm_card_bypassPending")

    def sell(self, cents: int, method: str, **asked: Any) -> str:
        """A sale in EUR that is none of ours; the id of its intent."""
        card = {"payment_method": method, "payment_method_types": ["card"], "confirm": True}
        asked |= {"amount": cents, "currency": "eur", **card}
        return str(self.client.v1.payment_intents.create(asked).id)  # type: ignore[arg-type]

    def empty_the_platforms_balance(self) -> None:
        """Send all that is available to the operator."""
        available = {one.currency: one.amount for one in self.client.v1.balance.retrieve().available}
        if available.get("eur", 0) > 0:
            self.client.v1.transfers.create(
                {"amount": available["eur"], "currency": "eur", "destination": self.destination}
            )

    def intent(self, payment: Payment) -> Any:
        payment.refresh_from_db()
        expand = ["latest_charge.transfer", "latest_charge.application_fee"]
        return self.client.v1.payment_intents.retrieve(str(payment.stripe_id), {"expand": expand})

    def taken_at_stripe(self, account: BookingAccount) -> Decimal:
        """What Stripe has of the booking's payments: received less refunds."""
        total = Money.zero(account.currency)
        for payment in account.payments.exclude(stripe_id=None):
            total += money_of(self.intent(payment).amount_received, account.currency)
            refunds = self.client.v1.refunds.list({"payment_intent": str(payment.stripe_id)})
            for refund in refunds.data:
                if refund.status == "succeeded":
                    total -= money_of(refund.amount, account.currency)
        return total.amount

    def fee_at_stripe(self, account: BookingAccount) -> Decimal:
        """What the platform has of the booking's application fees."""
        total = Money.zero(account.currency)
        for payment in account.payments.filter(captured_amount__gt=0):
            fee = self.intent(payment).latest_charge.application_fee
            total += money_of(fee.amount - fee.amount_refunded if fee else 0, account.currency)
        return total.amount

    def operator_has(self, account: BookingAccount) -> Decimal:
        """What is left of the transfers to the operator, less the fees it paid."""
        total = Money.zero(account.currency)
        for payment in account.payments.filter(captured_amount__gt=0):
            sent = self.intent(payment).latest_charge.transfer
            total += money_of(sent.amount - sent.amount_reversed, account.currency)
        return total.amount - self.fee_at_stripe(account)


def books(account: BookingAccount) -> dict[str, Decimal]:
    """What the books hold for the booking, by account; what holds nothing is left out."""
    reference = account.booking.reference
    held = {
        one.value: balance(one, account.currency, booking_reference=reference).amount
        for one in LedgerEntry.Account
    }
    return {name: amount for name, amount in held.items() if amount}
