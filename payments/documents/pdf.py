"""Documents as PDF."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from charging.models import CDR
from evbooking.core.api.json import decimal_string
from evbooking.core.money import Money
from payments.documents.sheet import Sheet
from payments.models import Document

WHAT: Final[Mapping[str, str]] = {
    CDR.Kind.SESSION: "Charging session",
    CDR.Kind.NO_SHOW: "Booking not used",
    CDR.Kind.CANCELLATION: "Booking canceled late",
}


def render(document: Document) -> bytes:
    """The PDF of an issued document, from its stored content alone: the same bytes whenever it is asked for."""
    content = document.content
    zone = ZoneInfo(content["time_zone"])
    sheet = Sheet(document.get_kind_display(), footer=f"{content['seller']['name']}  {document.number}")
    sheet.columns(
        ("Seller", _seller(content["seller"])),
        ("Buyer", [content["buyer"]["name"], content["buyer"]["email"]]),
        ("Number", [document.number, f"Issued {_day(document.issued_at, zone)}", *_relations(content)]),
    )
    sheet.columns(("What", _what(content, zone)), ("Where", _where(content)))
    _bill(sheet, content["bill"])
    if document.kind == Document.Kind.RECEIPT:
        _money(sheet, content, zone)
    if content["remark"]:
        sheet.words(f"Note: {content['remark']}.")
    return sheet.render()


def amount_words(money: Money) -> str:
    """12.34 EUR, with the sign of a credit as a minus and no thousands separators, as the bill's lines have it."""
    return str(money).replace("-", "−")


def _seller(seller: Mapping[str, str]) -> Sequence[str]:
    vat = f"VAT ID {seller['vat_id']}" if seller["vat_id"] else ""
    return [seller["name"], seller["street"], seller["city"], seller["country"], vat]


def _relations(content: Mapping[str, Any]) -> Sequence[str]:
    lines = [f"Booking {content['booking']}" if content["booking"] else ""]
    if content["corrects"]:
        lines.append(f"Takes back {content['corrects']}")
    if content.get("invoice"):
        lines.append(f"For invoice {content['invoice']}")
    return lines


def _what(content: Mapping[str, Any], zone: ZoneInfo) -> Sequence[str]:
    start, end = (datetime.fromisoformat(content[name]).astimezone(zone) for name in ("start", "end"))
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%d %b %H:%M}"
    energy = f"{decimal_string(Decimal(content['kwh']))} kWh" if content["kind"] == CDR.Kind.SESSION else ""
    return [WHAT[content["kind"]], f"{start:%a %d %b %Y %H:%M}–{until} ({zone.key})", energy]


def _where(content: Mapping[str, Any]) -> Sequence[str]:
    station = content["station"]
    return [station["name"], station["address"], station["city"], f"Charge point {content['evse_uid']}"]


def _bill(sheet: Sheet, bill: Mapping[str, Any]) -> None:
    rows = [_line(line) for line in bill["lines"]]
    rows += [
        ["Total before taxes", "", "", "", _words(bill["total_before_taxes"])],
        ["VAT", "", "", "", _words(bill["taxes"])],
        ["Total", "", "", "", _words(bill["total"])],
    ]
    sheet.table(
        ["", "Quantity", "Unit price", "VAT", "Amount"], rows, widths=[46, 16, 18, 9, 18], strong=[-1]
    )
    taxed = [row for row in bill["vat"] if row["rate"] is not None]
    if taxed:
        vat = [
            [
                f"{row['rate']} %",
                _words(row["before_taxes"]),
                _words(row["taxes"]),
                _words(row["after_taxes"]),
            ]
            for row in taxed
        ]
        sheet.table(["VAT rate", "Before taxes", "VAT", "With VAT"], vat, widths=[25, 25, 25, 25])
    sheet.words(_TAX_WORDS[bill["tax_included"]])


_TAX_WORDS: Final = {
    "YES": "The amounts of the lines include VAT.",
    "NO": "The amounts of the lines are without VAT; it is added below them.",
    "N/A": "No VAT applies.",
}


def _line(line: Mapping[str, Any]) -> list[str]:
    vat = f"{line['vat']} %" if line["vat"] is not None else ""
    quantity = f"{line['quantity']} {line['unit']}" if line["unit"] != "1" else line["quantity"]
    return [
        line["description"],
        quantity.replace("-", "−"),
        _words(line["unit_price"]),
        vat,
        _words(line["amount"]),
    ]


def _money(sheet: Sheet, content: Mapping[str, Any], zone: ZoneInfo) -> None:
    rows = [
        [f"{row['what']} {_day(datetime.fromisoformat(row['at']), zone)}", row["card"], _words(row["amount"])]
        for row in content["money"]
    ]
    currency = content["bill"]["total"]["currency"]
    kept = Money.total((Money.from_json(row["amount"]) for row in content["money"]), currency)
    sheet.heading("Paid")
    sheet.table(
        ["", "Card", "Amount"],
        [*rows, ["Paid in all", "", amount_words(kept)]],
        widths=[50, 30, 20],
        strong=[-1],
    )


def _words(money: Mapping[str, str]) -> str:
    return amount_words(Money.from_json(money))


def _day(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%d %b %Y}"
