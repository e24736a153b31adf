"""Stripe's published test cards (docs.stripe.com/testing) and what the issuer says to each."""

from __future__ import annotations

from dataclasses import dataclass

from payments.sandbox.errors import CardError


@dataclass(frozen=True, slots=True)
class TestCard:
    """`decline` is (code, decline_code); `authenticate` says when 3-D Secure is asked:
    never, unless_set_up (once set up, off-session payments pass) or always."""

    __test__ = False

    number: str
    token: str
    brand: str = "visa"
    country: str = "US"
    funding: str = "credit"
    decline: tuple[str, str | None] | None = None
    declines_attaching: bool = True
    authenticate: str = "never"
    dispute: str | None = None
    available_at_once: bool = False


GENERIC = ("card_declined", "generic_decline")
INSUFFICIENT = ("card_declined", "insufficient_funds")
CARDS = (
    TestCard("4242424242424242", "visa"),
    TestCard("4000056655665556", "visa_debit", funding="debit"),
    TestCard("4000002760000016", "de", country="DE"),
    TestCard("5555555555554444", "mastercard", "mastercard"),
    TestCard("378282246310005", "amex", "amex"),
    TestCard("4000000000000077", "bypassPending", available_at_once=True),
    TestCard("4000000000000002", "visa_chargeDeclined", decline=GENERIC),
    TestCard("4000000000009995", "visa_chargeDeclinedInsufficientFunds", decline=INSUFFICIENT),
    TestCard("4000000000009987", "visa_chargeDeclinedLostCard", decline=("card_declined", "lost_card")),
    TestCard("4000000000009979", "visa_chargeDeclinedStolenCard", decline=("card_declined", "stolen_card")),
    TestCard("4000000000000069", "chargeDeclinedExpiredCard", decline=("expired_card", None)),
    TestCard("4000000000000127", "chargeDeclinedIncorrectCvc", decline=("incorrect_cvc", None)),
    TestCard("4000000000000119", "chargeDeclinedProcessingError", decline=("processing_error", None)),
    TestCard("4000000000000341", "chargeCustomerFail", decline=GENERIC, declines_attaching=False),
    TestCard("4000002500003155", "authenticationRequiredOnSetup", authenticate="unless_set_up"),
    TestCard("4000002760003184", "authenticationRequired", country="DE", authenticate="always"),
    TestCard("4000000000003220", "threeDSecure2Required", authenticate="always"),
    TestCard("4000003800000446", "authenticationRequiredSetupForOffSession", authenticate="on_session"),
    TestCard(
        "4000008260003178",
        "authenticationRequiredChargeDeclinedInsufficientFunds",
        authenticate="always",
        decline=INSUFFICIENT,
        declines_attaching=False,
    ),
    TestCard("4000000000000259", "createDispute", dispute="fraudulent"),
    TestCard("4000000000002685", "createDisputeProductNotReceived", dispute="product_not_received"),
)  # fmt: skip
BY_NUMBER = {card.number: card for card in CARDS}
BY_TOKEN = {card.token: card for card in CARDS}

MESSAGES = {
    "card_declined": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
}


def card_of_number(typed: str) -> TestCard:
    """The test card of a number as a person types it. Refuses a wrong checksum and any card that is not a test card."""
    number = "".join(character for character in typed if character not in " -")
    if not number.isdigit() or not _luhn(number):
        raise CardError("Your card number is incorrect.", code="incorrect_number", param="number")
    if number not in BY_NUMBER:
        message = "Your card was declined. Your request was in test mode, but used a non test card."
        raise CardError(message, code="card_declined", decline_code="test_mode_live_card")
    return BY_NUMBER[number]


def decline_error(card: TestCard, **details: object) -> CardError | None:
    """What the issuer answers to a charge, or None where it agrees."""
    if card.decline is None:
        return None
    code, decline_code = card.decline
    message = MESSAGES.get(decline_code or "", MESSAGES[code])
    return CardError(message, code=code, decline_code=decline_code or code, **details)


def _luhn(number: str) -> bool:
    doubled = [int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
