"""Small plots as SVG text, so that a report needs no plotting library."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

_WIDTH: Final = 640
_LEFT: Final = 110
_ROW: Final = 26
_INK: Final = "#1f2937"
_BAR: Final = "#2563eb"
_STYLE: Final = 'font-family="system-ui, sans-serif" font-size="13"'


def bars(names: Sequence[str], values: Sequence[float], *, title: str) -> str:
    """Horizontal bars from zero, negative ones to the left; the figure stands beside each."""
    low, high = min((0.0, *values)), max((1e-9, *values))
    scale = (_WIDTH - _LEFT - 70) / (high - low)
    zero = _LEFT + 20 - low * scale
    height = 44 + _ROW * len(names)
    parts = [_text(10, 22, title, weight="bold")]
    for position, (name, value) in enumerate(zip(names, values, strict=True)):
        top = 38 + position * _ROW
        left, width = (zero, value * scale) if value >= 0 else (zero + value * scale, -value * scale)
        parts.append(f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="16" fill="{_BAR}"/>')
        parts.append(_text(10, top + 13, name))
        parts.append(_text(max(left + width, zero) + 5, top + 13, f"{value:.1f}"))
    return _svg(height, parts)


def diagram(points: Sequence[tuple[float, float]], *, title: str, across: str, up: str) -> str:
    """Points in the unit square, joined, beside the diagonal."""
    side, left, top = 320, 60, 40

    def place(x: float, y: float) -> str:
        return f"{left + x * side:.1f},{top + (1 - y) * side:.1f}"

    frame = f'<rect x="{left}" y="{top}" width="{side}" height="{side}" fill="none" stroke="{_INK}"/>'
    diagonal = f'<polyline points="{place(0, 0)} {place(1, 1)}" fill="none" stroke="#9ca3af"/>'
    joined = " ".join(place(x, y) for x, y in points)
    line = f'<polyline points="{joined}" fill="none" stroke="{_BAR}" stroke-width="2"/>'
    dots = [
        f'<circle cx="{place(*one).split(",")[0]}" cy="{place(*one).split(",")[1]}" r="3" fill="{_BAR}"/>'
        for one in points
    ]
    labels = [
        _text(10, 22, title, weight="bold"),
        _text(left, top + side + 24, f"{across} (0 to 1) against {up} (0 to 1)"),
    ]
    return _svg(top + side + 40, [frame, diagonal, line, *dots, *labels])


def _text(x: float, y: float, text: str, *, weight: str = "normal") -> str:
    return f'<text x="{x:.1f}" y="{y}" font-weight="{weight}" fill="{_INK}" {_STYLE}>{escape(text)}</text>'


def _svg(height: int, parts: Sequence[str]) -> str:
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    body = "\n".join(parts)
    background = f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">\n{background}\n{body}\n</svg>\n'
