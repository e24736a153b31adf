"""How a booking is secured: by its terms, its price, and how far its start is; in every currency to the cent."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.terms import AcceptedTerms
from evbooking.core.money import Money, minor_unit
from payments.amounts import (
    chargeable,
    chargeable_unit,
    least_charge,
    payable_out,
    payout_unit,
    stripe_unit,
)
from payments.gateway import minor, money_of
from payments.models import BookingAccount, Payment
from payments.sandbox.money import PAID_OUT_WHOLE, check_amount, check_whole
from payments.strategy import Plan, plan_for
from payments.tests.paying import NOW
from stations.models import BookingTerms

Strategy, Kind = BookingAccount.Strategy, Payment.Kind
CURRENCIES = ("EUR", "HUF", "JPY", "KRW", "KWD", "TND", "ISK", "UGX", "TWD", "CZK", "GBP", "XOF")
HOUR = timedelta(hours=1)
amounts = st.decimals(min_value=Decimal("0.001"), max_value=Decimal(40_000), places=3)
SECURITIES = st.sampled_from(BookingTerms.Security.values)


def terms(**fields: Any) -> AcceptedTerms:
    return AcceptedTerms.of(BookingTerms(payment="ONLINE", **fields))


def quote(amount: str | Decimal, currency: str = "EUR") -> dict[str, Any]:
    total = Money(Decimal(amount), currency).as_json()
    line = {"dimension": "ENERGY", "description": "Energy", "quantity": "1", "unit": "kWh"}
    return {"lines": [{**line, "unit_price": total, "amount": total, "vat": "19"}], "total": total}


def plan(amount: str = "5.50", *, ahead: timedelta = HOUR, currency: str = "EUR", **fields: Any) -> Plan:
    made = plan_for(terms(**fields), quote=quote(amount, currency), start=NOW + ahead, now=NOW)
    assert made is not None
    return made


def test_within_five_days_the_estimate_is_authorised() -> None:
    made = plan(ahead=timedelta(days=5))
    assert (made.strategy, made.kind, str(made.amount)) == (
        Strategy.AUTHORISE,
        Kind.AUTHORISATION,
        "6.60 EUR",
    )
    assert made.authorise_at is None
    assert made.estimate_lines[-1] == {
        "dimension": "BUFFER",
        "description": "Buffer of 20 %",
        "quantity": "1",
        "unit": "1",
        "unit_price": {"amount": "1.10", "currency": "EUR"},
        "amount": {"amount": "1.10", "currency": "EUR"},
        "vat": None,
    }


def test_farther_the_card_is_saved_and_authorised_two_days_before() -> None:
    ahead = timedelta(days=5, seconds=1)
    made = plan(ahead=ahead)
    assert (made.strategy, made.kind, str(made.amount)) == (Strategy.SAVE_CARD, Kind.SETUP, "0.00 EUR")
    assert (made.authorise_at, str(made.estimate)) == (NOW + ahead - 48 * HOUR, "6.60 EUR")


def test_a_prepayment_is_the_price_without_a_buffer_however_far() -> None:
    made = plan(ahead=timedelta(days=20), security="PREPAYMENT")
    assert (made.strategy, made.kind, str(made.amount)) == (Strategy.PREPAYMENT, Kind.CHARGE, "5.50 EUR")
    assert [line["dimension"] for line in made.estimate_lines] == ["ENERGY"]


@pytest.mark.parametrize(("deposit", "asked"), [("2", "2.00 EUR"), ("5.50", "5.50 EUR"), ("9", "5.50 EUR")])
def test_a_deposit_is_at_most_the_price(deposit: str, asked: str) -> None:
    made = plan(security="DEPOSIT", deposit_amount=Decimal(deposit))
    assert (made.strategy, str(made.amount), str(made.estimate)) == (Strategy.DEPOSIT, asked, "5.50 EUR")


def test_what_not_coming_costs_is_authorised_at_least() -> None:
    made = plan_for(terms(), quote=quote("5.50"), start=NOW, now=NOW, no_show=Money(Decimal(10), "EUR"))
    assert made is not None
    assert str(made.amount) == "10.00 EUR"
    assert [line["dimension"] for line in made.estimate_lines] == ["ENERGY", "BUFFER", "NO_SHOW"]


def test_on_site_or_without_a_price_there_is_no_plan() -> None:
    on_site = AcceptedTerms.of(BookingTerms(payment="ON_SITE"))
    assert plan_for(on_site, quote=quote("5.50"), start=NOW, now=NOW) is None
    assert plan_for(terms(), quote=quote("0"), start=NOW, now=NOW) is None


def test_less_than_a_card_can_be_asked_for_is_authorised_instead_of_taken() -> None:
    made = plan("0.30", security="PREPAYMENT", estimate_buffer_share=0)
    assert (made.strategy, str(made.amount)) == (Strategy.AUTHORISE, "0.50 EUR")
    assert [line["dimension"] for line in made.estimate_lines] == ["ENERGY", "ROUNDING"]
    small = plan(security="DEPOSIT", deposit_amount=Decimal("0.40"))
    assert (small.strategy, str(small.amount)) == (Strategy.AUTHORISE, "6.60 EUR")


@given(amount=amounts, currency=st.sampled_from(CURRENCIES), security=SECURITIES, share=st.integers(0, 100))
def test_what_is_asked_can_be_asked_and_the_lines_add_up(
    amount: Decimal, currency: str, security: str, share: int
) -> None:
    price = Money(amount, currency)
    made = plan_for(
        terms(security=security, deposit_amount=Decimal(2), estimate_buffer_share=share),
        quote=quote(amount, currency),
        start=NOW,
        now=NOW,
    )
    if not price:
        assert made is None
        return
    assert made is not None
    assert check_amount(minor(made.amount), currency.lower()) == minor(made.amount)
    assert made.estimate >= price
    lines = [Money.from_json(line["amount"]) for line in made.estimate_lines]
    assert all(line.amount > 0 for line in lines)
    if made.kind == Kind.AUTHORISATION:
        assert made.amount == made.estimate >= terms(estimate_buffer_share=share).to_authorise(price)
        assert made.estimate - terms(estimate_buffer_share=share).to_authorise(price) < (
            least_charge(currency) + Money(chargeable_unit(currency), currency)
        )
    else:
        assert made.amount <= chargeable(price)


@given(amount=amounts, currency=st.sampled_from(CURRENCIES))
def test_the_least_amount_a_card_can_be_asked_for_is_found(amount: Decimal, currency: str) -> None:
    money = Money(amount, currency)
    asked = chargeable(money)
    if not money:
        assert asked == money
        return
    assert asked >= max(money, least_charge(currency))
    assert asked.amount % chargeable_unit(currency) == 0
    below = asked - Money(chargeable_unit(currency), currency)
    assert below < max(money, least_charge(currency))


@given(amount=amounts, currency=st.sampled_from(CURRENCIES))
def test_a_payout_is_the_most_that_stripe_takes_and_the_rest_waits(amount: Decimal, currency: str) -> None:
    money = Money(amount, currency)
    out = payable_out(money)
    rest = money - out
    assert Money.zero(currency) <= rest < Money(payout_unit(currency), currency)
    cents = minor(out)
    if currency in {"HUF", "TWD", "ISK", "UGX"}:
        assert cents % 100 == 0
    if cents and currency.lower() in PAID_OUT_WHOLE:
        check_whole(cents, currency.lower())


@given(amounts=st.lists(amounts, max_size=8), currency=st.sampled_from(CURRENCIES))
def test_what_waits_is_paid_out_later_to_the_last_whole_step(amounts: list[Decimal], currency: str) -> None:
    """Whatever arrives, payout by payout: nothing is lost, and never a whole step is left."""
    left, sent = Money.zero(currency), Money.zero(currency)
    for amount in amounts:
        left += Money(amount, currency)
        out = payable_out(left)
        left, sent = left - out, sent + out
    assert left + sent == Money.total((Money(one, currency) for one in amounts), currency)
    assert left < Money(payout_unit(currency), currency)


@given(amount=amounts, currency=st.sampled_from(CURRENCIES))
def test_stripes_amounts_and_ours_are_the_same_money(amount: Decimal, currency: str) -> None:
    money = Money(amount, currency)
    assert money_of(minor(money), currency.lower()) == money


def test_stripe_counts_some_currencies_otherwise_than_iso_4217() -> None:
    assert (minor(Money(Decimal(5), "ISK")), minor(Money(Decimal(5), "JPY"))) == (500, 5)
    assert (minor(Money(Decimal("5.124"), "KWD")), str(chargeable(Money(Decimal("5.124"), "KWD")))) == (
        5124,
        "5.130 KWD",
    )
    assert (minor(Money(Decimal(5), "UGX")), minor(Money(Decimal("10.45"), "HUF"))) == (500, 1045)
    assert [str(payable_out(Money(Decimal("10.45"), code))) for code in ("HUF", "TWD", "EUR")] == [
        "10.00 HUF",
        "10.00 TWD",
        "10.45 EUR",
    ]
    assert (stripe_unit("MGA"), minor_unit("MGA")) == (Decimal(1), Decimal("0.01"))
    with pytest.raises(ValueError, match="cannot be asked of a card"):
        minor(Money(Decimal("5.20"), "MGA"))
