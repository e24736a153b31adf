"""What is wrong with the details of an operator."""

import re
from typing import Final

from evbooking.core.errors import FieldError
from evbooking.core.money import CURRENCIES
from payments.models import Document, OperatorAccount
from payments.vat_ids import COUNTRIES, has_form_of

REQUIRED: Final = ("legal_name", "street", "postal_code", "city", "country")
_FIXED_AT_STRIPE: Final = ("country", "currency")


def missing(values: dict[str, str]) -> list[FieldError]:
    """What has to be known before an account is opened."""
    return [FieldError(name, "required", "This is needed.") for name in REQUIRED if not values[name]]


def malformed(values: dict[str, str]) -> list[FieldError]:
    """What breaks the form of its field, alone or with the country."""
    errors = []
    for name, value in values.items():
        longest = getattr(OperatorAccount._meta.get_field(name), "max_length", None) or 0
        if len(value) > longest:
            errors.append(FieldError(name, "too_long_text", f"At most {longest} characters."))
    country, vat_id, code = values["country"], values["vat_id"], values["code"]
    if country and country not in COUNTRIES:
        errors.append(FieldError("country", "invalid", "Operators in this country cannot be paid out yet."))
    elif country and vat_id and not has_form_of(vat_id, country):
        errors.append(FieldError("vat_id", "invalid", f"This is no VAT number of {country}."))
    if values["currency"] not in CURRENCIES:
        errors.append(FieldError("currency", "invalid", "This is no ISO 4217 currency."))
    if not re.fullmatch("[A-Z0-9]{2,8}", code):
        errors.append(FieldError("code", "invalid", "Two to eight letters A to Z and digits."))
    return errors


def fixed(account: OperatorAccount, changed: dict[str, str]) -> list[FieldError]:
    """What cannot be changed any more, or is somebody else's."""
    errors = []
    if account.stripe_id:
        words = "Your account at Stripe has it already; ask us to open another one."
        errors += [FieldError(name, "fixed", words) for name in _FIXED_AT_STRIPE if name in changed]
    if "code" in changed:
        if Document.objects.filter(operator=account.operator).exists():
            errors.append(FieldError("code", "fixed", "Documents were issued under the present code."))
        elif OperatorAccount.objects.filter(code=changed["code"]).exists():
            errors.append(FieldError("code", "taken", "Another operator's documents begin with it."))
    return errors
