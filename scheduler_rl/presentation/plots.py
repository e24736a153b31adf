"""Small plots: lines and steps over time from a zero baseline, bars beside their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Final

HEIGHT: Final = 100.0
_ROUND: Final = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
HOURS: Final = tuple(f"{hour:02d}:00" for hour in range(0, 25, 6))
Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Line:
    """`points` of a polyline in a plot of HEIGHT units, one unit of width a value; `style` is a, b or c."""

    name: str
    style: str
    points: str


@dataclass(frozen=True, slots=True)
class Plot:
    """`top` is what the upper edge stands for, `ticks` name places of the axis, evenly from end to end."""

    title: str
    lines: list[Line]
    width: int
    top: str
    ticks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """`share` is the length, of one."""

    name: str
    text: str
    share: float


def hours(title: str, series: Sequence[tuple[str, Values]], *, unit: str) -> Plot:
    """24 values, each of which holds for the whole of its hour."""
    return _plot(title, series, HOURS, unit, spread=(0.0, 1.0), width=24)


def lines(title: str, series: Sequence[tuple[str, Values]], labels: Sequence[str], *, unit: str) -> Plot:
    """Values joined; what is None is left out."""
    ends = tuple(dict.fromkeys((labels[0], labels[-1]))) if labels else ()
    return _plot(title, series, ends, unit, spread=(0.0,), width=max(len(labels) - 1, 1))


def bars(values: Sequence[tuple[str, float]], *, unit: str, digits: int = 2) -> list[Bar]:
    """From zero to the largest."""
    most = max((value for _, value in values), default=0.0)
    return [
        Bar(name, f"{value:.{digits}f} {unit}", value / most if most > 0 else 0.0) for name, value in values
    ]


def _plot(
    title: str,
    series: Sequence[tuple[str, Values]],
    ticks: tuple[str, ...],
    unit: str,
    *,
    spread: Sequence[float],
    width: int,
) -> Plot:
    known = [value for _, values in series for value in values if value is not None]
    top = _round_up(max(known, default=0.0))
    drawn = [
        Line(name, style, _points(values, top, spread))
        for (name, values), style in zip(series, "abc" if len(series) > 1 else "b", strict=False)
    ]
    return Plot(title, drawn, width, f"{top:g} {unit}" if unit == "%" else f"{top:.2f} {unit}", ticks)


def _round_up(value: float) -> float:
    """The next number that people count in; 1 for nothing."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return power * next((step for step in _ROUND if step * power >= value), 10.0)


def _points(values: Values, top: float, spread: Sequence[float]) -> str:
    return " ".join(
        f"{place + aside:g},{HEIGHT * (1 - value / top):.2f}"
        for place, value in enumerate(values)
        if value is not None
        for aside in spread
    )
