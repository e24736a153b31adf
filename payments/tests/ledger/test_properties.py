"""Whatever is posted, in whatever order: every currency balances, and a balance is the sum of its entries."""

from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charging.models import CDR
from evbooking.core.money import Money, minor_unit
from payments.amounts import chargeable_unit
from payments.ledger import balance, post_bill, record
from payments.ledger.bills import parts_of
from payments.ledger.recording import Account, Entry, Kind
from payments.models import LedgerEntry
from tests.undone import undone

NOW = datetime(2026, 12, 1, tzinfo=UTC)
CURRENCIES = ("JPY", "EUR", "KWD")  # 0, 2 and 3 decimals
SHARES = st.decimals(0, 30, places=2)
quiet = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def postings(draw: st.DrawFn) -> tuple[str, Account, Account, Money]:
    """One of a few keys, so that some are posted twice; two different accounts; whole minor units."""
    currency = draw(st.sampled_from(CURRENCIES))
    amount = draw(st.integers(-10_000_000, 10_000_000)) * minor_unit(currency)
    debit, credit = draw(st.lists(st.sampled_from(Account), min_size=2, max_size=2, unique=True))
    return draw(st.sampled_from("abcdefgh")), debit, credit, Money(amount, currency)


@pytest.mark.django_db
@quiet
@given(moves=st.lists(postings(), max_size=12))
def test_any_sequence_of_postings_stays_balanced_in_each_currency(
    moves: list[tuple[str, Account, Account, Money]],
) -> None:
    with undone():
        expected: dict[tuple[Account, str], Decimal] = defaultdict(Decimal)
        for key, debit, credit, money in moves:
            entries = [Entry(debit, money), Entry(credit, -money)]
            if record(Kind.CAPTURE, key=key, occurred_at=NOW, description="", entries=entries):
                expected[debit, money.currency] += money.amount
                expected[credit, money.currency] -= money.amount
        connection.check_constraints()
        for currency in CURRENCIES:
            held = {account: balance(account, currency) for account in Account}
            assert not Money.total(held.values(), currency)
            assert {one: money.amount for one, money in held.items() if money} == {
                account: amount for (account, code), amount in expected.items() if code == currency and amount
            }
        assert sum(row.amount for row in LedgerEntry.objects.all()) == 0


@st.composite
def bills(draw: st.DrawFn) -> CDR:
    """The totals of a CDR: up to a million minor units and any part of them VAT."""
    currency = draw(st.sampled_from(CURRENCIES))
    total = draw(st.integers(0, 1_000_000))
    tax = draw(st.integers(0, total))
    unit = minor_unit(currency)
    return CDR(currency=currency, total_after_taxes=total * unit, total_taxes=tax * unit)


@quiet
@given(cdr=bills(), share=SHARES)
def test_the_parts_of_a_bill_are_whole_and_add_up_and_its_credit_is_exactly_the_opposite(
    cdr: CDR, share: Decimal
) -> None:
    credit = CDR(
        currency=cdr.currency, total_after_taxes=-cdr.total_after_taxes, total_taxes=-cdr.total_taxes
    )
    parts, opposite = parts_of(cdr, fee_share=share), parts_of(credit, fee_share=share)
    assert parts.net + parts.tax + parts.fee == parts.total
    assert abs(parts.fee.amount - cdr.total_after_taxes * share / 100) <= chargeable_unit(cdr.currency) / 2
    assert parts.fee.amount % chargeable_unit(cdr.currency) == 0
    assert (opposite.net, opposite.tax, opposite.fee) == (-parts.net, -parts.tax, -parts.fee)


@pytest.mark.django_db
@quiet
@given(share=SHARES)
def test_a_bill_is_booked_balanced_whatever_the_share_of_the_platform(cdr: CDR, share: Decimal) -> None:
    with undone():
        booked = post_bill(cdr, fee_share=share)
        assert booked is not None
        assert sum(row.amount for row in booked.entries.all()) == 0
