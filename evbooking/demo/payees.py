"""The generated operators' accounts at the sandbox: details, onboarding filled in, ready to be paid."""

from datetime import datetime
from typing import Final

from accounts.models import Operator, User
from evbooking.demo.sandbox import Sandbox
from payments.models import OperatorAccount
from payments.services.onboarding import Details, save_details, start_onboarding, sync_operator_account
from payments.services.operator_accounts import operator_account

_NOWHERE: Final = "http://localhost/operator/money/"


def open_accounts(sandbox: Sandbox, operators: list[Operator], *, actor: User, now: datetime) -> None:
    """Bring each operator through Stripe's form, as its owner would; those that are through stay as they are."""
    for number, operator in enumerate(operators, start=1):
        account = operator_account(operator, now=now)
        if not account.is_ready:
            _open(sandbox, account, _details(operator, number, account.code), actor, now)


def _open(sandbox: Sandbox, account: OperatorAccount, details: Details, actor: User, now: datetime) -> None:
    operator = account.operator
    save_details(operator, actor=actor, now=now, **details)
    start_onboarding(operator, actor=actor, return_url=_NOWHERE, refresh_url=_NOWHERE, now=now)
    account.refresh_from_db()
    sandbox.control(f"accounts/{account.stripe_id}/onboard")
    sync_operator_account(account, now=now)


def _details(operator: Operator, number: int, code: str) -> Details:
    return {
        "legal_name": f"{operator.name} GmbH",
        "street": f"Speicherstadt {number}",
        "postal_code": f"204{50 + number}",
        "city": "Hamburg",
        "country": "DE",
        "vat_id": f"DE1234567{number:02d}",
        "code": code,
        "currency": "EUR",
    }
