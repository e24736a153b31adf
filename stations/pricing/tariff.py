"""Tariff: the OCPI object with our two additions for idle vehicles, checked when it is read.

Source: OCPI 2.3.0, mod_tariffs, classes Tariff and PriceLimit. `idle_grace_minutes` and `idle_cap` are ours,
because OCPI cannot say them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from evbooking.core.money import CURRENCIES, minor_unit
from stations.documents import InvalidDocument, Reader, instant_text
from stations.pricing.elements import Element, read_element
from stations.pricing.energy_mix import EnergyMix, read_energy_mix


class InvalidTariff(InvalidDocument):
    """The document is no tariff that can be priced."""


class TariffType(StrEnum):
    """For which kind of session a tariff is meant."""

    AD_HOC_PAYMENT = "AD_HOC_PAYMENT"
    PROFILE_CHEAP = "PROFILE_CHEAP"
    PROFILE_FAST = "PROFILE_FAST"
    PROFILE_GREEN = "PROFILE_GREEN"
    REGULAR = "REGULAR"


class TaxIncluded(StrEnum):
    """Whether the amounts of a tariff include taxes."""

    YES = "YES"
    NO = "NO"
    NOT_APPLICABLE = "N/A"


@dataclass(frozen=True, slots=True)
class PriceLimit:
    """Least or greatest total of a session, before taxes and after them; both hold at once."""

    before_taxes: Decimal
    after_taxes: Decimal | None = None

    def to_ocpi(self) -> dict[str, Any]:
        document = {"before_taxes": float(self.before_taxes)}
        return document if self.after_taxes is None else document | {"after_taxes": float(self.after_taxes)}


@dataclass(frozen=True, slots=True)
class DisplayText:
    """A text in one language (ISO 639-1)."""

    language: str
    text: str

    def to_ocpi(self) -> dict[str, Any]:
        return {"language": self.language, "text": self.text}


@dataclass(frozen=True, slots=True)
class Tariff:
    """An OCPI Tariff. What identifies it (country_code .. last_updated) may be given later by its owner.

    `idle_grace_minutes`: the first minutes of PARKING_TIME of a session that cost nothing. `idle_cap`: the
    most that PARKING_TIME costs in a session, including taxes or not as all its prices.
    """

    currency: str
    elements: tuple[Element, ...]
    tax_included: TaxIncluded
    country_code: str | None = None
    party_id: str | None = None
    id: str | None = None
    type: TariffType | None = None
    tariff_alt_text: tuple[DisplayText, ...] = ()
    tariff_alt_url: str | None = None
    min_price: PriceLimit | None = None
    max_price: PriceLimit | None = None
    start_date_time: datetime | None = None
    end_date_time: datetime | None = None
    energy_mix: EnergyMix | None = None
    last_updated: datetime | None = None
    idle_grace_minutes: int = 0
    idle_cap: Decimal | None = None

    def __hash__(self) -> int:
        # cheap on purpose: the cache of compiled tariffs asks for it at every quote
        return hash((self.id, self.currency, self.last_updated, self.elements[:1]))

    @classmethod
    def from_ocpi(cls, document: object) -> Self:
        """Reads an OCPI Tariff object. Raises InvalidTariff naming every violated field."""
        reader = Reader(document)
        country_code = reader.text("country_code", longest=2)
        party_id = reader.text("party_id", longest=3)
        identity = reader.text("id", longest=36)
        currency = _read_currency(reader)
        kind = reader.choice("type", TariffType)
        alt_text = reader.nested_list("tariff_alt_text", _read_text)
        alt_url = _read_url(reader)
        min_price = reader.nested("min_price", _read_limit)
        max_price = reader.nested("max_price", _read_limit)
        elements = reader.nested_list("elements", read_element, required=True)
        tax_included = reader.choice("tax_included", TaxIncluded, required=True)
        start, end = reader.instant("start_date_time"), reader.instant("end_date_time")
        energy_mix = reader.nested("energy_mix", read_energy_mix)
        last_updated = reader.instant("last_updated")
        grace = reader.integer("idle_grace_minutes", least=0, most=24 * 60)
        idle_cap = reader.number("idle_cap")
        reader.close()
        if reader.errors or currency is None or tax_included is None:
            raise InvalidTariff(reader.errors)
        tariff = cls(
            currency=currency,
            elements=elements,
            tax_included=tax_included,
            country_code=country_code,
            party_id=party_id,
            id=identity,
            type=kind,
            tariff_alt_text=alt_text,
            tariff_alt_url=alt_url,
            min_price=min_price,
            max_price=max_price,
            start_date_time=start,
            end_date_time=end,
            energy_mix=energy_mix,
            last_updated=last_updated,
            idle_grace_minutes=grace or 0,
            idle_cap=idle_cap,
        )
        _check_together(reader, tariff)
        if reader.errors:
            raise InvalidTariff(reader.errors)
        return tariff

    def to_ocpi(self) -> dict[str, Any]:
        """The OCPI object with our two fields, without what is not set; numbers are JSON numbers."""
        document = {
            "country_code": self.country_code,
            "party_id": self.party_id,
            "id": self.id,
            "currency": self.currency,
            "type": self.type and str(self.type),
            "tariff_alt_text": [text.to_ocpi() for text in self.tariff_alt_text] or None,
            "tariff_alt_url": self.tariff_alt_url,
            "min_price": self.min_price and self.min_price.to_ocpi(),
            "max_price": self.max_price and self.max_price.to_ocpi(),
            "elements": [element.to_ocpi() for element in self.elements],
            "tax_included": str(self.tax_included),
            "start_date_time": self.start_date_time and instant_text(self.start_date_time),
            "end_date_time": self.end_date_time and instant_text(self.end_date_time),
            "energy_mix": self.energy_mix and self.energy_mix.to_ocpi(),
            "last_updated": self.last_updated and instant_text(self.last_updated),
            "idle_grace_minutes": self.idle_grace_minutes or None,
            "idle_cap": None if self.idle_cap is None else float(self.idle_cap),
        }
        return {name: value for name, value in document.items() if value is not None}


def _read_currency(reader: Reader) -> str | None:
    currency = reader.text("currency", longest=3, required=True)
    if currency is not None and currency not in CURRENCIES:
        reader.fail("currency", "invalid", "This must be an ISO 4217 currency such as EUR.")
        return None
    return currency


def _read_url(reader: Reader) -> str | None:
    url = reader.text("tariff_alt_url", longest=255)
    if url is not None and not url.startswith(("https://", "http://")):
        reader.fail("tariff_alt_url", "invalid", "This must be a web address.")
    return url


def _read_text(reader: Reader) -> DisplayText:
    language = reader.text("language", longest=2, required=True)
    text = reader.text("text", longest=512, required=True)
    return DisplayText(language or "", text or "")


def _read_limit(reader: Reader) -> PriceLimit:
    before = reader.number("before_taxes", required=True)
    after = reader.number("after_taxes")
    if before is not None and after is not None and after < before:
        reader.fail("after_taxes", "invalid", "This may not be less than before_taxes.")
    return PriceLimit(before or Decimal(0), after)


def _check_together(reader: Reader, tariff: Tariff) -> None:
    """What fields only say together: limits in whole minor units, minimum under maximum, start before end."""
    amounts = {"idle_cap": tariff.idle_cap}
    for name, limit in (("min_price", tariff.min_price), ("max_price", tariff.max_price)):
        if limit is not None:
            amounts[f"{name}.before_taxes"] = limit.before_taxes
            amounts[f"{name}.after_taxes"] = limit.after_taxes
    for name, amount in amounts.items():
        if amount is not None and amount % minor_unit(tariff.currency):
            reader.fail(name, "invalid", f"{tariff.currency} has no such fraction.")
    if _crossed(tariff.min_price, tariff.max_price):
        reader.fail("max_price", "invalid", "This may not be less than min_price.")
    if tariff.start_date_time and tariff.end_date_time and tariff.end_date_time <= tariff.start_date_time:
        reader.fail("end_date_time", "invalid", "The end must come after the start.")


def _crossed(least: PriceLimit | None, most: PriceLimit | None) -> bool:
    if least is None or most is None:
        return False
    floor = least.before_taxes if least.after_taxes is None else least.after_taxes
    too_low_after = most.after_taxes is not None and most.after_taxes < floor
    return too_low_after or most.before_taxes < least.before_taxes
