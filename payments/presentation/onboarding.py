"""What Stripe still asks an operator for, in words."""

from dataclasses import dataclass
from typing import Final

from payments.gateway import FOREIGN
from payments.models import OperatorAccount

_WORDS: Final = {
    "business_profile.url": "Your website",
    "business_profile.mcc": "What your business does",
    "business_profile.product_description": "What your business sells",
    "business_type": "What kind of company you are",
    "external_account": "A bank account for payouts",
    "tos_acceptance": "Your agreement to Stripe's terms",
    "company.name": "The company's name",
    "company.address": "The company's address",
    "company.phone": "The company's telephone number",
    "company.tax_id": "The company's tax number",
    "company.vat_id": "The company's VAT number",
    "company.verification": "A document that proves the company",
    "company.owners_provided": "Who owns the company",
    "company.directors_provided": "Who directs the company",
    "company.executives_provided": "Who runs the company",
    "individual": "Details of the person who owns the business",
    "person": "Details of a person of the company",
    "representative": "Details of the person who represents the company",
    "owners": "Details of the company's owners",
    "directors": "Details of the company's directors",
    "settings.payments.statement_descriptor": "What stands on drivers' card statements",
}
_PERSON: Final = "person_"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an account is: `tone`, `icon` and `word` of its chip, what to do next, what is still asked for."""

    tone: str
    icon: str
    word: str
    advice: str
    asked: list[str]


def standing_of(account: OperatorAccount) -> Standing:
    """Not begun, asked for more, restricted, being checked, or ready."""
    asked = words_for(account.requirements)
    if not account.stripe_id:
        return Standing("outline", "info", "not begun", "Save your details, then continue at Stripe.", [])
    if account.charges_enabled and account.payouts_enabled:
        advice = (
            "Stripe will ask for this soon." if asked else "Drivers can pay online, and you are paid out."
        )
        return Standing("available", "success", "ready", advice, asked)
    if asked and not account.details_submitted:
        return Standing(
            "inoperative", "warning", "unfinished", "Stripe still asks for what stands below.", asked
        )
    if asked or account.disabled_reason.startswith(("requirements", "rejected", FOREIGN)):
        return Standing("outoforder", "error", "restricted", _reason(account.disabled_reason), asked)
    return Standing(
        "charging", "clock", "being checked", "Stripe checks what you gave. This takes up to two days.", []
    )


def words_for(requirements: list[str]) -> list[str]:
    """Each thing once, in the order of the requirements' names: all of a person's details are one."""
    return list(dict.fromkeys(_word(name) for name in requirements))


def _word(name: str) -> str:
    name = name.replace("relationship.", "")
    if name.startswith(_PERSON):
        return _WORDS["person"]
    known = [known for known in _WORDS if name == known or name.startswith(f"{known}.")]
    return _WORDS[max(known, key=len)] if known else name.replace("_", " ").replace(".", ", ").capitalize()


def _reason(disabled: str) -> str:
    if disabled.startswith("rejected"):
        return "Stripe has rejected this account. Write to us."
    if disabled == FOREIGN:
        return "Stripe does not know this account. Write to us: it has to be opened anew."
    return "Stripe has paused payments or payouts until it has what stands below."
