"""The usual tariff as a few figures: what the form asks for, to an OCPI Tariff object and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Final, Self

from stations.pricing import InvalidTariff, Tariff

_OPTIONS: Final = ("min_price", "max_price", "idle_grace_minutes", "idle_cap")


@dataclass(frozen=True, slots=True)
class Recipe:
    """Prices in `currency`, per kWh, hour or session; None is no such price. Clock times are "HH:MM"."""

    currency: str = "EUR"
    tax_included: str = "YES"
    vat: Decimal | None = None
    per_kwh: Decimal = Decimal(0)
    per_hour: Decimal | None = None
    start_fee: Decimal | None = None
    idle_per_hour: Decimal | None = None
    idle_grace_minutes: int | None = None
    idle_cap: Decimal | None = None
    second_per_kwh: Decimal | None = None
    second_from: str = ""
    second_to: str = ""
    reservation_fee: Decimal | None = None
    noshow_fee: Decimal | None = None
    min_price: Decimal | None = None
    max_price: Decimal | None = None

    def to_ocpi(self) -> dict[str, Any]:
        """The OCPI Tariff object: special elements first, because the first that matches wins."""
        document = {
            "currency": self.currency,
            "tax_included": self.tax_included,
            "elements": [element for element in self._elements() if element],
            "min_price": self._limit(self.min_price, least=True),
            "max_price": self._limit(self.max_price, least=False),
            "idle_grace_minutes": self.idle_grace_minutes,
            "idle_cap": _number(self.idle_cap),
        }
        return {name: value for name, value in document.items() if value is not None}

    @classmethod
    def from_ocpi(cls, document: Mapping[str, Any]) -> Self | None:
        """The recipe of a document, or None where the document says more than a recipe can."""
        plain: dict[str, Any] = {}
        for element in document.get("elements", ()):
            plain |= _read_element(element)
        options = {name: document[name] for name in _OPTIONS if name in document}
        for name in ("min_price", "max_price"):
            if name in options:
                options[name] = options[name].get("after_taxes", options[name]["before_taxes"])
        values = {"currency": document.get("currency"), "tax_included": document.get("tax_included")}
        recipe = cls(
            **{name: _decimal(name, value) for name, value in {**values, **plain, **options}.items()}
        )
        return recipe if _same(recipe.to_ocpi(), document) else None

    def figures(self) -> dict[str, Any]:
        """The values of a form."""
        return asdict(self)

    def _elements(self) -> list[dict[str, Any] | None]:
        second = {"start_time": self.second_from, "end_time": self.second_to}
        prices = (
            ("FLAT", self.start_fee),
            ("ENERGY", self.per_kwh),
            ("TIME", self.per_hour),
            ("PARKING_TIME", self.idle_per_hour),
        )
        return [
            self._element([("FLAT", self.reservation_fee)], {"reservation": "RESERVATION"}),
            self._element([("FLAT", self.noshow_fee)], {"reservation": "RESERVATION_EXPIRES"}),
            self._element([("ENERGY", self.second_per_kwh)], second),
            self._element(prices),
        ]

    def _element(self, prices: Any, restrictions: dict[str, str] | None = None) -> dict[str, Any] | None:
        components = [self._component(kind, price) for kind, price in prices if price is not None]
        if not components:
            return None
        element: dict[str, Any] = {"price_components": components}
        return element | {"restrictions": restrictions} if restrictions else element

    def _component(self, kind: str, price: Decimal) -> dict[str, Any]:
        component = {"type": kind, "price": _number(price), "step_size": 1}
        return component if self.vat is None else component | {"vat": _number(self.vat)}

    def _limit(self, amount: Decimal | None, *, least: bool) -> dict[str, Any] | None:
        """A PriceLimit on what people pay: after taxes where the prices include them."""
        if amount is None:
            return None
        if self.tax_included != "YES":
            return {"before_taxes": _number(amount)}
        return {"before_taxes": 0.0 if least else _number(amount), "after_taxes": _number(amount)}


def _read_element(element: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of one element; too many or too few are found out by comparing the whole."""
    restrictions = element.get("restrictions") or {}
    prices = {part["type"]: part["price"] for part in element["price_components"]}
    vat = {key: part[key] for part in element["price_components"] for key in part.keys() & {"vat"}}
    if "reservation" in restrictions:
        name = "reservation_fee" if restrictions["reservation"] == "RESERVATION" else "noshow_fee"
        return {name: prices.get("FLAT"), **vat}
    if restrictions:
        clock = {
            "second_from": restrictions.get("start_time", ""),
            "second_to": restrictions.get("end_time", ""),
        }
        return {"second_per_kwh": prices.get("ENERGY"), **clock, **vat}
    names = {"FLAT": "start_fee", "ENERGY": "per_kwh", "TIME": "per_hour", "PARKING_TIME": "idle_per_hour"}
    return {names[kind]: price for kind, price in prices.items()} | vat


def _same(mine: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    try:
        return Tariff.from_ocpi(mine).to_ocpi() == Tariff.from_ocpi(document).to_ocpi()
    except InvalidTariff:
        return False


def _decimal(name: str, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or name == "idle_grace_minutes":
        return value
    return Decimal(str(value))


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
