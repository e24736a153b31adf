"""Statements for operators: a month of the books, as far back as the operator's plan goes, as PDF and as a table."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings

from evbooking.core.errors import NotFound
from evbooking.core.money import Money
from payments.errors import PlanLimit
from payments.models import OperatorAccount
from payments.plans import limits_of
from payments.selectors.statements import Kind, Line, Statement, months_of, statement_of

CSV_HEAD: Final = (
    "time",
    "kind",
    "description",
    "booking",
    "net",
    "vat",
    "gross",
    "fee",
    "amount",
    "currency",
)
_HEADS: Final = ("Movement", "Net", "VAT", "Gross", "Fee", "Amount")
_WIDTHS: Final = (7, 2, 2, 2, 2, 2.4)
_SUMMARY: Final = (
    ("Bills and credits, less fees", (Kind.BILL,)),
    ("Paid at the charger", (Kind.ON_SITE,)),
    ("Lost disputes", (Kind.DISPUTE,)),
    ("Payouts", (Kind.PAYOUT,)),
)


def statement(
    account: OperatorAccount, *, year: int, month: int, now: datetime, currency: str = ""
) -> Statement:
    """The statement of a month in the account's currency, or another in which there were bills.

    Raises NotFound for a month to come or none at all, PlanLimit for one farther back than the plan goes.
    """
    currency = currency or account.currency
    months = months_of(account.operator, currency=currency, now=now, at_most=None)
    try:
        wanted = date(year, month, 1)
    except ValueError:
        raise NotFound from None
    if wanted not in months:
        raise NotFound("There is no statement for this month.")
    limit = limits_of(account.operator).statement_months
    if limit is not None and months.index(wanted) >= limit:
        raise PlanLimit(f"Your plan shows the last {limit} months. With Pro you see all of them.")
    return statement_of(account.operator, currency=currency, year=year, month=month)


def available_months(account: OperatorAccount, *, now: datetime) -> list[date]:
    """The months whose statements the operator can see, the latest first."""
    limit = limits_of(account.operator).statement_months
    return months_of(account.operator, currency=account.currency, now=now, at_most=limit)


def summary_of(told: Statement) -> list[tuple[str, Money]]:
    """The month in a few rows, from the opening balance to the closing one; what did not occur is left out."""
    parts = [(words, told.total(*kinds)) for words, kinds in _SUMMARY if _has(told, kinds)]
    others = {line.kind for line in told.lines} - {kind for _, kinds in _SUMMARY for kind in kinds}
    parts += [(Kind(kind).label.capitalize(), told.total(kind)) for kind in sorted(others)]
    return [("Opening balance", told.opening), *parts, ("Closing balance", told.closing)]


def csv_rows(told: Statement) -> Iterator[Sequence[Any]]:
    """Opening balance, the lines, closing balance; numbers are plain, times carry the operator's offset."""
    yield ("", "OPENING", "Opening balance", "", "", "", "", "", told.opening.amount, told.currency)
    for line in told.lines:
        numbers = (line.net, line.vat, line.gross, line.fee, line.amount)
        at = line.at.astimezone(told.zone).isoformat()
        amounts = [money.amount for money in numbers]
        yield (at, line.kind, line.description, line.reference, *amounts, told.currency)
    yield ("", "CLOSING", "Closing balance", "", "", "", "", "", told.closing.amount, told.currency)


def render_statement(told: Statement, account: OperatorAccount) -> bytes:
    """The PDF: whose it is, the summary, every movement."""
    # here, for ReportLab takes 5 MB and most web processes make no PDF
    from payments.documents.sheet import Sheet

    title = f"Statement {told.first:%B %Y}"
    sheet = Sheet(title, footer=f"{settings.EVB_INSTALLATION} · {title} · {account.operator.name[:60]}")
    period = f"{told.first:%d.%m.%Y} – {told.last:%d.%m.%Y}"
    sheet.columns(
        ("For", _address(account)), ("Period", [period, f"Times of {told.zone.key}", told.currency])
    )
    rows = [(words, str(money.amount)) for words, money in summary_of(told)]
    sheet.table(("Summary", told.currency), rows, widths=(4, 1), strong=(0, -1))
    if told.refunded:
        sheet.words(
            f"{told.refunded} went back to drivers' cards. The credits for it are among the bills above."
        )
    sheet.heading("Movements")
    if told.lines:
        sums = told.sums()
        total = ("Sum", *(str(one.amount) for one in sums), str(told.total().amount))
        sheet.table(
            _HEADS, [*(_cells(line, told) for line in told.lines), total], widths=_WIDTHS, strong=(-1,)
        )
    else:
        sheet.words("There was none in this month.")
    return sheet.render()


def _cells(line: Line, told: Statement) -> Sequence[str]:
    when = line.at.astimezone(told.zone)
    words = f"{when:%d.%m. %H:%M}  {line.description}" + (f", {line.reference}" if line.reference else "")
    bill = (line.net, line.vat, line.gross, line.fee)
    shown = [str(money.amount) if line.kind == Kind.BILL else "" for money in bill]
    return (words, *shown, str(line.amount.amount))


def _has(told: Statement, kinds: tuple[Kind, ...]) -> bool:
    return any(line.kind in kinds for line in told.lines)


def _name(account: OperatorAccount) -> str:
    return account.legal_name or account.operator.name


def _address(account: OperatorAccount) -> list[str]:
    place = f"{account.postal_code} {account.city}".strip()
    vat_id = f"VAT number {account.vat_id}" if account.vat_id else ""
    return [_name(account), account.street, place, account.country, vat_id]
