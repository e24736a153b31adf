"""When and how a booking is paid, in one sentence: of a station in general, and of one slot with its amount."""

from bookings.terms import AcceptedTerms
from evbooking.core.money import Money
from stations.models import BookingTerms

Security = BookingTerms.Security
_ON_SITE = "You pay at the charger, not now."


def payment_in_general(terms: AcceptedTerms, currency: str) -> str:
    """What paying means here, whatever the slot costs."""
    if not terms.paid_online:
        return _ON_SITE
    match terms.security:
        case Security.PREPAYMENT:
            return "You pay online: the price is taken when you book, and what you did not use comes back."
        case Security.DEPOSIT:
            deposit = Money(terms.deposit_amount, currency)
            return (
                f"You pay online: a deposit of {deposit} is taken when you book and counts towards the bill."
            )
    buffer = f" and {terms.estimate_buffer_share} % on top" if terms.estimate_buffer_share else ""
    return (
        f"You pay online: the price{buffer} is authorised before the start, and only what you used is taken."
    )


def payment_of_slot(terms: AcceptedTerms, total: Money, no_show: Money) -> str:
    """What paying means for a slot with this price, and this cost of not coming."""
    if not total:
        afterwards = " What it costs in the end all the same, you pay online afterwards."
        return "There is nothing to pay now." + (afterwards if terms.paid_online else "")
    if not terms.paid_online:
        return _ON_SITE
    match terms.security:
        case Security.PREPAYMENT:
            return f"You pay online: {total} is taken when you book, and what you did not use comes back."
        case Security.DEPOSIT:
            deposit = min(Money(terms.deposit_amount, total.currency), total)
            return (
                f"You pay online: a deposit of {deposit} is taken when you book and counts towards the bill."
            )
    asked = max(terms.to_authorise(total), no_show)
    return f"You pay online: {asked} is authorised on your card before the start, and only what you used is taken."
