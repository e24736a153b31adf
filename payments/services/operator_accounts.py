"""An operator's money account, made when it is first needed."""

import re
from datetime import datetime

from django.db import transaction
from django.utils.crypto import get_random_string

from accounts.models import Operator
from evbooking.core.locks import advisory_xact_lock
from payments.models import OperatorAccount

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@transaction.atomic
def operator_account(operator: Operator, *, now: datetime) -> OperatorAccount:
    """The operator's account; a new one has a document code of its own and nothing else."""
    if account := _account_of(operator):
        return account
    advisory_xact_lock(f"operator-account:{operator.pk}")
    return _account_of(operator) or OperatorAccount.objects.create(
        operator=operator, code=_free_code(operator.name), created_at=now, last_updated=now
    )


def _account_of(operator: Operator) -> OperatorAccount | None:
    return OperatorAccount.objects.select_related("operator").filter(pk=operator.pk).first()


def _free_code(name: str) -> str:
    """Up to four letters of the name and four drawn ones: what the operator's document numbers begin with."""
    letters = re.sub("[^A-Z]", "", name.upper())[:4]
    while True:
        code = letters + get_random_string(4, _LETTERS)
        if not OperatorAccount.objects.filter(code=code).exists():
            return code
