"""Amounts as a card can be asked for them: Stripe's units, steps and least charges.

Source: docs.stripe.com/currencies ("Zero-decimal currencies", "Three-decimal currencies", "Special cases", "Minimum
and maximum charge amounts"). Where that differs from ISO 4217 it is said here, and nowhere else.
"""

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Final

from evbooking.core.money import Money, minor_unit

_UNITS: Final = {"ISK": Decimal("0.01"), "UGX": Decimal("0.01"), "MGA": Decimal(1)}
_PAID_OUT_WHOLE: Final = ("HUF", "TWD")
_MILL: Final = Decimal("0.001")
_LEAST: Final = {
    code: Decimal(amount)
    for amount, codes in {
        "0.3": "GBP",
        "0.5": "AUD BRL CAD CHF EUR INR NZD SGD USD",
        "1": "BGN",
        "2": "AED MYR PLN RON",
        "2.5": "DKK",
        "3": "NOK SEK",
        "4": "HKD",
        "10": "MXN THB",
        "15": "CZK",
        "50": "JPY",
        "175": "HUF",
    }.items()
    for code in codes.split()
}


def stripe_unit(currency: str) -> Decimal:
    """What 1 means in an amount of Stripe's: 0.01 EUR, 1 JPY, 0.001 KWD. Raises UnknownCurrency."""
    return _UNITS.get(currency) or minor_unit(currency)


def chargeable_unit(currency: str) -> Decimal:
    """The smallest step of an amount that Stripe takes: of currencies with three decimals the last must be 0."""
    unit = minor_unit(currency)
    return unit * 10 if unit == _MILL else max(unit, stripe_unit(currency))


def in_steps(amount: Decimal, currency: str) -> Money:
    """The nearest amount that Stripe takes, half away from zero: for parts of a payment, such as a fee."""
    step = chargeable_unit(currency)
    return Money((amount / step).to_integral_value(rounding=ROUND_HALF_UP) * step, currency)


def least_charge(currency: str) -> Money:
    """The least a card can be charged with; where Stripe names no amount, its smallest step."""
    return Money(_LEAST.get(currency, chargeable_unit(currency)), currency)


def chargeable(money: Money) -> Money:
    """The least amount at or above `money` that a card can be asked for; zero stays zero."""
    if not money:
        return money
    step = chargeable_unit(money.currency)
    steps = (money.amount / step).to_integral_value(rounding=ROUND_CEILING)
    return max(Money(steps * step, money.currency), least_charge(money.currency))


def payout_unit(currency: str) -> Decimal:
    """The smallest step of a payout: that of a charge, but whole forints and whole Taiwan dollars."""
    return Decimal(1) if currency in _PAID_OUT_WHOLE else chargeable_unit(currency)


def payable_out(money: Money) -> Money:
    """The most at or below `money`, which is not negative, that Stripe pays out; the rest waits for the next payout."""
    step = payout_unit(money.currency)
    steps = (money.amount / step).to_integral_value(rounding=ROUND_DOWN)
    return Money(steps * step, money.currency)
