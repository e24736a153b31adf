"""Small plots: lines and steps over time from a zero baseline, bars beside their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

HEIGHT: Final = 100.0
_ROOM: Final = 1.08  # above the highest value
Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Line:
    """`points` of a polyline in a plot of HEIGHT units, one unit of width a value; `style` is a, b or c."""

    name: str
    style: str
    points: str


@dataclass(frozen=True, slots=True)
class Plot:
    """`top` is what the upper edge stands for, `first` and `last` name the ends of the axis."""

    title: str
    lines: list[Line]
    width: int
    top: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Bar:
    """`share` is the length, of one."""

    name: str
    text: str
    share: float


def steps(title: str, series: Sequence[tuple[str, Values]], labels: Sequence[str], *, unit: str) -> Plot:
    """Each value holds for the whole of its unit of width, as the price of an hour does."""
    return _plot(title, series, labels, unit, spread=(0.0, 1.0), width=len(labels))


def lines(title: str, series: Sequence[tuple[str, Values]], labels: Sequence[str], *, unit: str) -> Plot:
    """Values joined; what is None is left out."""
    return _plot(title, series, labels, unit, spread=(0.0,), width=max(len(labels) - 1, 1))


def bars(values: Sequence[tuple[str, float]], *, unit: str, digits: int = 2) -> list[Bar]:
    """From zero to the largest."""
    most = max((value for _, value in values), default=0.0)
    return [
        Bar(name, f"{value:.{digits}f} {unit}", value / most if most > 0 else 0.0) for name, value in values
    ]


def _plot(
    title: str,
    series: Sequence[tuple[str, Values]],
    labels: Sequence[str],
    unit: str,
    *,
    spread: Sequence[float],
    width: int,
) -> Plot:
    known = [value for _, values in series for value in values if value is not None]
    top = max(known, default=0.0) * _ROOM or 1.0
    drawn = [
        Line(name, style, _points(values, top, spread))
        for (name, values), style in zip(series, "abc", strict=False)
    ]
    ends = (labels[0], labels[-1]) if labels else ("", "")
    return Plot(title, drawn, max(width, 1), f"{top:.2f} {unit}", *ends)


def _points(values: Values, top: float, spread: Sequence[float]) -> str:
    return " ".join(
        f"{place + aside:g},{HEIGHT * (1 - value / top):.2f}"
        for place, value in enumerate(values)
        if value is not None
        for aside in spread
    )
