"""Money: an exact amount in whole minor units of one ISO 4217 currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import total_ordering
from typing import Self

# ISO 4217 list one: the active currencies by their number of decimals.
_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF "
        "CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL "
        "HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP "
        "MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD "
        "SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS "
        "VED VES WST XCD XCG YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_QUANTA = {
    code: Decimal(1).scaleb(-decimals) for decimals, codes in _DECIMALS.items() for code in codes.split()
}

CURRENCIES = frozenset(_QUANTA)


class UnknownCurrency(ValueError):
    """The code is not an active ISO 4217 currency."""


class CurrencyMismatch(TypeError):
    """Two amounts of different currencies were added or compared."""


class InvalidMoney(ValueError):
    """The JSON value is not `{"amount": decimal string, "currency": code}`."""


def minor_unit(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01 for EUR, 1 for JPY, 0.001 for KWD. Raises UnknownCurrency."""
    try:
        return _QUANTA[currency]
    except KeyError:
        raise UnknownCurrency(f"{currency!r} is not an ISO 4217 currency.") from None


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount that is rounded, half up, to its currency's minor unit the moment it is made."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        unit = minor_unit(self.currency)
        if not self.amount.is_finite():
            raise InvalidMoney(f"{self.amount} is not an amount of money.")
        object.__setattr__(self, "amount", self.amount.quantize(unit, rounding=ROUND_HALF_UP) + 0)

    @classmethod
    def zero(cls, currency: str) -> Self:
        return cls(Decimal(0), currency)

    @classmethod
    def total(cls, parts: Iterable[Money], currency: str) -> Self:
        """The sum of the parts, all of this currency; zero for none."""
        amounts = [part._amount_in(currency) for part in parts]
        return cls(sum(amounts, Decimal(0)), currency)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Reads what `as_json` wrote. Raises InvalidMoney or UnknownCurrency."""
        if not isinstance(value, Mapping) or set(value) != {"amount", "currency"}:
            raise InvalidMoney("Money is an object with amount and currency.")
        amount, currency = value["amount"], value["currency"]
        if not isinstance(amount, str) or not isinstance(currency, str):
            raise InvalidMoney("The amount and the currency of money are strings.")
        try:
            return cls(Decimal(amount), currency)
        except InvalidOperation:
            raise InvalidMoney(f"{amount!r} is not a decimal number.") from None

    def as_json(self) -> dict[str, str]:
        return {"amount": f"{self.amount:f}", "currency": self.currency}

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def __bool__(self) -> bool:
        return self.amount != 0

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + other._amount_in(self.currency), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - other._amount_in(self.currency), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(self.amount * factor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < other._amount_in(self.currency)

    def _amount_in(self, currency: str) -> Decimal:
        if self.currency != currency:
            raise CurrencyMismatch(f"{self} is not {currency}.")
        return self.amount
