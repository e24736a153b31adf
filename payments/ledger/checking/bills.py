"""Bills computed again from the inputs they hold."""

from collections.abc import Iterator
from typing import Final

from charging.models import CDR
from charging.stored import recompute, stored_bill
from payments.ledger.checking.difference import Difference

_BATCH: Final = 500


def check_bills() -> Iterator[Difference]:
    """Every CDR whose tariff, periods and times do not give what it says."""
    for cdr in CDR.objects.select_related("credit_of").order_by().iterator(_BATCH):
        if wrong := _wrong(cdr):
            yield Difference("cdr", str(cdr.pk), wrong)


def _wrong(cdr: CDR) -> str:
    stored = stored_bill(cdr)
    try:
        computed = recompute(cdr)
    except Exception as error:  # noqa: BLE001 - inputs that give no bill at all are what is looked for
        return f"says {stored.total}, cannot be computed: {error!r}"
    if computed != stored:
        return (
            f"says {stored.total} with {stored.taxes} VAT, computes to {computed.total} with {computed.taxes}"
        )
    if cdr.credit_of is not None and stored != -stored_bill(cdr.credit_of):
        return f"says {stored.total}, credits {stored_bill(cdr.credit_of).total}"
    return ""
