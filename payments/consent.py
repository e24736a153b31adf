"""What drivers agree to with the button of a checkout, by version: a text is never changed, only followed. Pure."""

from datetime import datetime
from typing import Any, Final

from evbooking.core.money import Money
from payments.models import Payment
from payments.selectors.demand import Demand

CARD: Final = "card-1"
DEBT: Final = "debt-2"
SERIES: Final = "series-2"

_TEXTS: Final = {
    CARD: (
        "your card is saved, and that what the bill exceeds this amount by, at the prices and fees shown here, is"
        " charged to it as well"
    ),
    "debt-1": "your card is charged with {amount}",
    DEBT: "your card is charged with {amount}, and saved to be offered the next time you pay",
    "series-1": (
        "your card is saved, that it is asked for each of these amounts at its time, for the new price where you"
        " move a date, and for what a bill exceeds the amount by, at the prices and fees shown here"
    ),
    SERIES: (
        "your card is saved, that it is asked for each of these amounts at its time, in the same way for dates of the"
        " series that open later, at prices no higher than named here, for the new price where you move a date, and"
        " for what a bill exceeds the amount by, at the prices and fees shown here"
    ),
}


def version_of(demand: Demand) -> str:
    """The text that stands at the button of what is demanded now."""
    if demand.purpose == Payment.Purpose.SERIES:
        return SERIES
    return CARD if demand.fee is None else DEBT


def amount_of(demand: Demand) -> Money:
    """The amount it speaks of: what is to be taken of a debt, else the sum of the lines that are shown."""
    return max(demand.amount, demand.plan.estimate) if demand.fee is None else demand.amount


def words_of(version: str, amount: Money) -> str:
    """What was, or is, agreed to for this amount: the rest of a sentence."""
    return _TEXTS[version].format(amount=amount)


def is_debt(payment: Payment) -> bool:
    """Whether it was asked for after the end, of what the driver owed."""
    return payment.agreed_to.startswith("debt-")


def agreed(demand: Demand, *, now: datetime) -> dict[str, Any]:
    """The fields of a payment that keep it: the driver has pressed the button, or their app has asked."""
    return {
        "agreed_to": version_of(demand),
        "agreed_at": now,
        "agreed_amount": amount_of(demand).amount,
    }
