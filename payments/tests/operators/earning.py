"""Money that an operator earned: billed and captured in the books, and on its balance at the sandbox."""

import itertools
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from evbooking.core.money import Money
from payments.ledger import post_bill, post_capture, post_transfer
from payments.models import OperatorAccount, Payment
from payments.sandbox.tests.running import DAY, Running
from payments.tests.bills import END, billed_visit
from payments.tests.ledger.making import captured
from tests.factories import make_station

_serial = itertools.count(1)
SHARE = Money(Decimal("5.22"), "EUR")
"""What the operator has of a visit: 5.50 EUR less 5 % for the platform."""


def earn(sandbox: Running, account: OperatorAccount, driver: User) -> Payment:
    """An hour for 5.50 EUR, paid by card and settled: it can be paid out."""
    payment = earn_in_books(account, driver)
    pay_at_stripe(sandbox, account)
    return payment


def earn_in_books(account: OperatorAccount, driver: User) -> Payment:
    station = make_station(account.operator)
    visit, cdr = billed_visit(station.evses.get(), driver, destination=account.stripe_id or "")
    payment = captured(visit, "5.50", application_fee=Decimal("0.28"))
    with transaction.atomic():
        post_bill(cdr, fee_share=Decimal(5))
        post_capture(payment)
        post_transfer(payment, transfer=f"tr_test_{next(_serial)}", amount=SHARE, occurred_at=END)
    return payment


def pay_at_stripe(sandbox: Running, account: OperatorAccount, cents: int = 550, fee: int = 28) -> None:
    """The same payment at the sandbox; three days later, when it can be paid out."""
    sandbox.client().v1.payment_intents.create(
        {
            "amount": cents,
            "currency": "eur",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "application_fee_amount": fee,
            "transfer_data": {"destination": str(account.stripe_id)},
        }
    )
    sandbox.advance(3 * DAY)
