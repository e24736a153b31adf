"""From an event's facts (JSON) to the words a template may use: times on the site's clock, money, clean names."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from evbooking.core import when
from evbooking.core.plain_text import clean
from notifications.bodies import quoted

LONGEST_PARAGRAPH: Final = 2000
MOST_DAYS: Final = 8
_CLOCKS: Final = ("until", "arrive_until")
_TIMES: Final = ("answer_by", "cancel_until", "at", "due_by")
_MONEYS: Final = ("price", "fee", "amount", "noshow_fee")

Words = Mapping[str, Mapping[str, str]]


def values_of(data: Mapping[str, Any], language: str, words: Words, *, own_zone: str) -> dict[str, Any]:
    """The template's values. Instants are RFC 3339, money is {amount, currency}, `zone` is the site's."""
    zone = ZoneInfo(data.get("zone") or own_zone)
    values: dict[str, Any] = {name: _plain(value) for name, value in data.items()}
    if data.get("start"):
        values |= _slot(data, zone, language, elsewhere=zone.key != own_zone)
    if data.get("starts"):
        values["days"] = _days([_instant(start) for start in data["starts"]], zone, language)
    if data.get("posts"):
        values |= _posts([str(post["text"]) for post in data["posts"]])
    if data.get("announced"):
        values["announced"] = _paragraphs(str(data["announced"]))
    if data.get("before"):
        values["before"] = _when(data["before"], zone, language)
    values |= {name: when.clock(_instant(data[name]), zone) for name in _CLOCKS if data.get(name)}
    values |= {name: when.time(_instant(data[name]), zone, language) for name in _TIMES if data.get(name)}
    values |= {name: money(data[name], language) for name in _MONEYS if data.get(name)}
    values |= {name: words[name].get(data[name], "") for name in ("who", "document") if data.get(name)}
    return values


def money(value: Mapping[str, str], language: str) -> str:
    """12.34 EUR; 12,34 EUR. Nothing where it is zero."""
    if not Decimal(value["amount"]):
        return ""
    amount = f"{Decimal(value['amount']):.2f}"
    return f"{amount.replace('.', ',') if language == 'de' else amount} {value['currency']}"


def _plain(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


def _posts(texts: Sequence[str]) -> dict[str, Any]:
    """What was written: the newest as one line, how many more, and all of it as mails quote it."""
    return {"text": clean(texts[-1]), "more": len(texts) - 1, "quote": "\n>\n".join(map(quoted, texts))}


def _paragraphs(text: str) -> str:
    """Every line that says something, cleaned, as a paragraph of its own."""
    lines = (line for line in text.splitlines() if line.strip())
    return "\n\n".join(clean(line, longest=LONGEST_PARAGRAPH) for line in lines)


def _slot(data: Mapping[str, Any], zone: ZoneInfo, language: str, *, elsewhere: bool) -> dict[str, str]:
    shown = _when(data, zone, language)
    there = f"{shown} ({when.zone_name(zone, language)})"
    return {
        "when": there if elsewhere else shown,
        "when_there": there,
        "clock": when.clock(_instant(data["start"]), zone),
    }


def _days(starts: Sequence[datetime], zone: ZoneInfo, language: str) -> str:
    """Tue 1 Dec, Tue 8 Dec; of many the first, and the last."""
    days = [when.day(start, zone, language) for start in starts]
    return ", ".join(days if len(days) <= MOST_DAYS else [*days[: MOST_DAYS - 1], "…", days[-1]])


def _when(slot: Mapping[str, Any], zone: ZoneInfo, language: str) -> str:
    start, end = _instant(slot["start"]), _instant(slot["end"])
    return f"{when.day(start, zone, language)} {when.span(start, end, zone, language)}"


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
