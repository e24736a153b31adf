"""Disputes in the books: gone while judged; back when won; borne by operator and platform when lost."""

from decimal import Decimal
from uuid import UUID

import pytest

from charging.models import CDR
from payments.ledger import balance, conceded, post_bill, post_conceded, post_dispute
from payments.ledger.recording import Account
from payments.models import BookingAccount, Dispute
from payments.tests.bills import END
from payments.tests.ledger.entries import count, euro, sides
from payments.tests.ledger.making import captured, disputed

pytestmark = pytest.mark.django_db


@pytest.fixture
def dispute(account: BookingAccount, cdr: CDR) -> Dispute:
    post_bill(cdr, fee_share=account.fee_share)
    return disputed(captured(account, "5.50"), "5.50")


def test_an_open_dispute_holds_the_money_apart(dispute: Dispute) -> None:
    [opened] = post_dispute(dispute)
    assert sides(opened) == {"DISPUTED": "5.5", "STRIPE_BALANCE": "-5.5"}
    assert post_dispute(dispute) == []
    assert count() == 2


def test_a_won_dispute_brings_the_money_back(dispute: Dispute) -> None:
    post_dispute(dispute)
    dispute.status = Dispute.Status.WON
    [won] = post_dispute(dispute)
    assert sides(won) == {"STRIPE_BALANCE": "5.5", "DISPUTED": "-5.5"}
    assert not balance(Account.DISPUTED, "EUR")


def test_a_lost_dispute_is_borne_by_those_who_had_a_part_of_the_bill(dispute: Dispute) -> None:
    dispute.held_amount, dispute.status = Decimal("5.22"), Dispute.Status.LOST
    _, lost = post_dispute(dispute)
    assert sides(lost) == {
        "OPERATOR_PAYABLE": "4.34",
        "TAX": "0.88",
        "PLATFORM_FEE": "0.28",
        "DISPUTED": "-5.5",
    }
    assert not any(
        balance(one, "EUR") for one in (Account.OPERATOR_PAYABLE, Account.TAX, Account.PLATFORM_FEE)
    )


def test_what_could_not_be_held_back_from_the_operator_is_the_platforms_loss(dispute: Dispute) -> None:
    dispute.status = Dispute.Status.LOST
    _, lost = post_dispute(dispute)
    assert sides(lost) == {"PLATFORM_FEE": "0.28", "DISPUTE_LOSSES": "5.22", "DISPUTED": "-5.5"}


def test_what_a_lowered_bill_gives_the_driver_anyway_is_borne_by_nobody(dispute: Dispute) -> None:
    """In two parts, of 2.00 EUR and of the rest: in the end nobody bears anything of it, to the cent."""
    dispute.held_amount, dispute.status = Decimal("5.22"), Dispute.Status.LOST
    post_dispute(dispute)
    lowered, credited = UUID(int=1), UUID(int=2)
    part = post_conceded(dispute, euro("2.00"), bill=lowered, occurred_at=END)
    assert part is not None
    assert sides(part) == {
        "DRIVER_RECEIVABLE": "2",
        "OPERATOR_PAYABLE": "-1.58",
        "TAX": "-0.32",
        "PLATFORM_FEE": "-0.1",
    }
    assert post_conceded(dispute, euro("2.00"), bill=lowered, occurred_at=END) is None
    assert conceded(dispute) == euro("2.00")
    rest = post_conceded(dispute, euro("3.50"), bill=credited, occurred_at=END)
    assert rest is not None
    assert sides(rest) == {
        "DRIVER_RECEIVABLE": "3.5",
        "OPERATOR_PAYABLE": "-2.76",
        "TAX": "-0.56",
        "PLATFORM_FEE": "-0.18",
    }
    assert conceded(dispute) == euro("5.50")


def test_a_dispute_of_what_was_never_billed_is_a_loss(account: BookingAccount) -> None:
    dispute = disputed(captured(account, "5.50"), "5.50", status=Dispute.Status.LOST)
    _, lost = post_dispute(dispute)
    assert sides(lost) == {"DISPUTE_LOSSES": "5.5", "DISPUTED": "-5.5"}
    assert balance(Account.DISPUTE_LOSSES, "EUR") == euro("5.50")
