"""BILL and ON_SITE: what a driver owes by a CDR, and whom it belongs to."""

from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from accounts.models import User
from charging.models import CDR
from charging.services.bills import credit_cdr
from evbooking.core.relay import relay
from payments.ledger import balance, post_bill, post_on_site
from payments.ledger.recording import Account
from payments.models import BookingAccount, LedgerEntry, LedgerTransaction
from payments.tests.bills import END, billed_visit
from payments.tests.ledger.entries import count, euro, sides
from tests.factories import make_operator, make_station, make_tariff

pytestmark = pytest.mark.django_db
FIVE = Decimal(5)


def test_a_bill_is_owed_by_the_driver_and_belongs_to_operator_tax_office_and_platform(cdr: CDR) -> None:
    booked = post_bill(cdr, fee_share=FIVE)
    assert sides(booked) == {
        "DRIVER_RECEIVABLE": "5.5",
        "OPERATOR_PAYABLE": "-4.34",
        "TAX": "-0.88",
        "PLATFORM_FEE": "-0.28",
    }
    assert booked is not None
    assert (booked.key, booked.occurred_at) == (f"bill:{cdr.pk}", cdr.issued_at)
    assert booked.booking_reference == cdr.booking_reference


def test_every_entry_of_a_bill_names_operator_driver_and_station(cdr: CDR) -> None:
    post_bill(cdr, fee_share=FIVE)
    parties = set(LedgerEntry.objects.values_list("operator", "driver", "station"))
    assert parties == {(cdr.station.operator_id, cdr.driver_id, cdr.station_id)}


def test_a_bill_is_booked_once(cdr: CDR) -> None:
    post_bill(cdr, fee_share=FIVE)
    assert post_bill(cdr, fee_share=FIVE) is None
    assert count() == 1


def test_a_credit_posts_the_opposite_whatever_the_fee_is_by_then(cdr: CDR) -> None:
    post_bill(cdr, fee_share=FIVE)
    credit = credit_cdr(cdr, reason="wrong", actor=None, now=END)
    assert sides(post_bill(credit, fee_share=Decimal(8))) == {
        "DRIVER_RECEIVABLE": "-5.5",
        "OPERATOR_PAYABLE": "4.34",
        "TAX": "0.88",
        "PLATFORM_FEE": "0.28",
    }


def test_a_credit_told_of_before_its_original_books_both(cdr: CDR) -> None:
    credit = credit_cdr(cdr, reason="wrong", actor=None, now=END)
    post_bill(credit, fee_share=FIVE)
    assert post_bill(cdr, fee_share=FIVE) is None
    assert count() == 2
    assert not balance(Account.PLATFORM_FEE, "EUR")


def test_what_is_paid_at_the_charger_is_owed_to_nobody_afterwards(cdr: CDR) -> None:
    post_bill(cdr, fee_share=Decimal(0))
    paid = {"OPERATOR_PAYABLE": "4.62", "TAX": "0.88", "DRIVER_RECEIVABLE": "-5.5"}
    assert sides(post_on_site(cdr)) == paid
    assert not any(balance(account, "EUR") for account in Account)


@pytest.mark.parametrize(
    ("currency", "price", "expected"),
    [
        (
            "JPY",
            85,
            {"DRIVER_RECEIVABLE": "935", "OPERATOR_PAYABLE": "-739", "TAX": "-149", "PLATFORM_FEE": "-47"},
        ),
        (
            "KWD",
            0.123,
            {
                "DRIVER_RECEIVABLE": "1.353",
                "OPERATOR_PAYABLE": "-1.067",
                "TAX": "-0.216",
                "PLATFORM_FEE": "-0.07",
            },
        ),
    ],
)
def test_bills_are_booked_in_whole_minor_units_of_their_currency(
    driver: User, currency: str, price: float, expected: dict[str, Any]
) -> None:
    """The fee of dinars in steps of ten fils, as Stripe takes them."""
    component = {"type": "ENERGY", "price": price, "vat": 19, "step_size": 1}
    operator = make_operator()
    document = {"currency": currency, "tax_included": "YES", "elements": [{"price_components": [component]}]}
    evse = make_station(operator, tariff=make_tariff(operator, document)).evses.get()
    assert sides(post_bill(billed_visit(evse, driver)[1], fee_share=FIVE)) == expected


def test_a_bill_of_what_is_paid_online_is_booked_with_the_fee_of_its_account(cdr: CDR) -> None:
    relay()
    relay()
    assert set(LedgerTransaction.objects.values_list("key", flat=True)) == {f"bill:{cdr.pk}"}
    assert balance(Account.PLATFORM_FEE, "EUR") == euro("-0.28")


def test_a_bill_paid_at_the_charger_is_booked_as_paid_and_without_a_fee(
    account: BookingAccount, cdr: CDR
) -> None:
    account.delete()
    relay()
    assert set(LedgerTransaction.objects.values_list("kind", flat=True)) == {"BILL", "ON_SITE"}
    assert not balance(Account.DRIVER_RECEIVABLE, "EUR")
    assert not LedgerEntry.objects.filter(account=Account.PLATFORM_FEE).exists()


def test_the_credit_of_what_was_paid_at_the_charger_takes_both_back(
    account: BookingAccount, cdr: CDR
) -> None:
    account.delete()
    credit_cdr(cdr, reason="wrong", actor=None, now=END)
    relay()
    assert count() == 4
    assert not LedgerEntry.objects.values("account").annotate(sum=Sum("amount")).exclude(sum=0).exists()
