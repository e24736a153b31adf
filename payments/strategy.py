"""How a booking paid online is secured: by its terms, and by how far its start is. Pure.

A card authorisation lasts 7 days when the cardholder is there, and 4 d 18 h for Visa when not; so it is asked for
at once up to EVB_AUTHORISE_NOW_DAYS before the start, and EVB_AUTHORISE_HOURS_BEFORE it otherwise.
Source: docs.stripe.com/payments/place-a-hold-on-a-payment-method.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from bookings.terms import AcceptedTerms
from evbooking.core.money import Money
from payments.amounts import chargeable, least_charge
from payments.models import BookingAccount, Payment
from stations.models import BookingTerms

Strategy = BookingAccount.Strategy
Security = BookingTerms.Security


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of the card now: `amount`, zero where it is only saved.

    `estimate_lines` are lines of the API's quote form; what they add up to is the most that is authorised, or the
    price where it is taken in advance. `authorise_at` is when a saved card is authorised, None for other strategies.
    """

    strategy: BookingAccount.Strategy
    kind: Payment.Kind
    amount: Money
    estimate_lines: Sequence[Mapping[str, Any]]
    authorise_at: datetime | None = None

    @property
    def estimate(self) -> Money:
        """What the lines add up to."""
        amounts = (Money.from_json(line["amount"]) for line in self.estimate_lines)
        return Money.total(amounts, self.amount.currency)


def plan_for(
    terms: AcceptedTerms,
    *,
    quote: Mapping[str, Any],
    start: datetime,
    now: datetime,
    no_show: Money | None = None,
) -> Plan | None:
    """How a booking with this quote is secured; None where it is paid on site, or costs nothing.

    `no_show` is what not coming costs: at least that is authorised. A price or a deposit below what a card can be
    charged with is authorised instead of taken in advance.
    """
    price = Money.from_json(quote["total"])
    if not terms.paid_online or not price:
        return None
    advance = _in_advance(terms, price)
    if advance is None or advance < least_charge(price.currency):
        lines = estimate_lines(terms, quote, no_show=no_show)
        return _authorised(lines, start, now, currency=price.currency)
    strategy = Strategy.DEPOSIT if terms.security == Security.DEPOSIT else Strategy.PREPAYMENT
    priced = [*quote["lines"], *_steps(price, [("ROUNDING", _ROUNDING, chargeable(price))])]
    return Plan(strategy, Payment.Kind.CHARGE, chargeable(advance), priced)


def estimate_lines(
    terms: AcceptedTerms, quote: Mapping[str, Any], *, no_show: Money | None = None
) -> list[Mapping[str, Any]]:
    """The quote's lines, and as far as they ask for more the buffer, what not coming costs, and the card's step."""
    price = Money.from_json(quote["total"])
    buffered = terms.to_authorise(price)
    least = max(buffered, no_show or buffered)
    steps = [
        ("BUFFER", f"Buffer of {terms.estimate_buffer_share} %", buffered),
        ("NO_SHOW", "Up to what not coming costs", least),
        ("ROUNDING", _ROUNDING, chargeable(least)),
    ]
    return [*quote["lines"], *_steps(price, steps)]


_ROUNDING = "Up to what a card can be asked for"


def asked_at(start: datetime, now: datetime) -> datetime:
    """When a card that was saved for several dates is asked for the one that starts then: now where it is near."""
    near = start - now <= timedelta(days=settings.EVB_AUTHORISE_NOW_DAYS)
    return now if near else authorise_at(start)


def authorise_at(start: datetime) -> datetime:
    """When the saved card of a booking that starts then is authorised."""
    return start - timedelta(hours=settings.EVB_AUTHORISE_HOURS_BEFORE)


def _in_advance(terms: AcceptedTerms, price: Money) -> Money | None:
    """What the terms want taken at once; None where they want an authorisation."""
    if terms.security == Security.PREPAYMENT:
        return price
    if terms.security == Security.DEPOSIT:
        return min(Money(terms.deposit_amount, price.currency), price)
    return None


def _authorised(lines: Sequence[Mapping[str, Any]], start: datetime, now: datetime, *, currency: str) -> Plan:
    later = Plan(Strategy.SAVE_CARD, Payment.Kind.SETUP, Money.zero(currency), lines, authorise_at(start))
    if start - now > timedelta(days=settings.EVB_AUTHORISE_NOW_DAYS):
        return later
    return Plan(Strategy.AUTHORISE, Payment.Kind.AUTHORISATION, later.estimate, lines)


def _steps(begin: Money, steps: Sequence[tuple[str, str, Money]]) -> Iterator[Mapping[str, Any]]:
    """A line for each step up, from what is asked so far to what is asked then."""
    asked = begin
    for dimension, description, then in steps:
        if then > asked:
            amount = (then - asked).as_json()
            yield {
                "dimension": dimension,
                "description": description,
                "quantity": "1",
                "unit": "1",
                "unit_price": amount,
                "amount": amount,
                "vat": None,
            }
        asked = max(asked, then)
