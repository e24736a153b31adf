"""Integer minor units: limits of an amount, and the sandbox's fees."""

from __future__ import annotations

from payments.sandbox.errors import invalid

DECIMALS = {
    code: decimals
    for decimals, codes in {
        0: "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf",
        2: "aed amd ars aud azn bam bdt bgn bob brl cad chf cny cop crc czk dkk dop egp eur gbp gel ghs hkd huf "
        "idr ils inr isk kes kgs kzt lkr mad mdl mkd mxn myr ngn nok nzd pen php pkr pln qar ron rsd sar sek "
        "sgd thb try twd tzs uah ugx usd uyu uzs zar",
        3: "bhd jod kwd omr tnd",
    }.items()
    for code in codes.split()
}
"""Decimals of the currencies that Stripe takes (docs.stripe.com/currencies)."""

MINIMA = {
    "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50,
    "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300,
    "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000, "usd": 50,
}  # fmt: skip
"""Minimum charges of docs.stripe.com/currencies; 1 unit for the currencies that table leaves out."""

WHOLE_ONLY = ("isk", "ugx")
"""Written with two decimals, which must be 00 (docs.stripe.com/currencies, special cases)."""

PAID_OUT_WHOLE = (*WHOLE_ONLY, "huf", "twd")
"""Paid out in whole units only."""

MAXIMUM = 99_999_999
PERCENT_FEE = 150  # basis points: 1.5 %, Stripe's price for standard EEA cards
DISPUTE_FEE = 20  # whole units of the currency


def check_currency(currency: str) -> str:
    """The currency in lower case, as Stripe writes it. Refuses one that Stripe does not take."""
    lowered = currency.lower()
    if lowered not in DECIMALS:
        raise invalid(f"Invalid currency: {currency}.", param="currency")
    return lowered


def check_amount(amount: int, currency: str, param: str = "amount") -> int:
    """A chargeable amount in minor units. Three-decimal currencies end in 0 (docs.stripe.com/currencies)."""
    if amount < 1:
        raise invalid(
            "This value must be greater than or equal to 1.", param=param, code="parameter_invalid_integer"
        )
    if amount < MINIMA.get(currency, 1):
        raise invalid(
            f"Amount must be no less than {MINIMA[currency]} {currency}.",
            param=param,
            code="amount_too_small",
        )
    if amount > MAXIMUM:
        raise invalid(
            f"Amount must be no more than {MAXIMUM} {currency}.", param=param, code="amount_too_large"
        )
    if DECIMALS[currency] == 3 and amount % 10:
        raise invalid(f"Amounts in {currency} must be divisible by 10.", param=param)
    if currency in WHOLE_ONLY:
        check_whole(amount, currency, param)
    return amount


def check_whole(amount: int, currency: str, param: str = "amount") -> None:
    """Refuses a part of a unit."""
    if amount % whole_unit(currency):
        raise invalid(f"Amounts in {currency} must be divisible by {whole_unit(currency)}.", param=param)


def whole_unit(currency: str) -> int:
    """Minor units in one unit: 100 for eur, 1 for jpy, 1000 for kwd."""
    return int(10 ** DECIMALS[currency])


def processing_fee(amount: int, currency: str) -> int:
    """1.5 % rounded half up, plus a quarter of a unit (25 cents; 25 yen; 250 fils): docs/sandbox.md."""
    fixed = 25 if DECIMALS[currency] == 0 else whole_unit(currency) // 4
    return min(amount, (amount * PERCENT_FEE + 5000) // 10_000 + fixed)


def dispute_fee(currency: str) -> int:
    """20 units, or 2,000 where the currency has no decimals."""
    return 2000 if DECIMALS[currency] == 0 else DISPUTE_FEE * whole_unit(currency)


def share(part: int, *, of: int, whole: int) -> int:
    """`part` in proportion `of / whole`, rounded half up; the whole part when of == whole."""
    return (2 * part * of + whole) // (2 * whole) if whole else 0
