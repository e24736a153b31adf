"""A sheet of paper in the house's design: A4, Inter, one accent; parts are added from top to bottom, then rendered.

The same parts give the same bytes (no time stamps, no random ids), so a document can be made again at any time.
"""

from collections.abc import Iterable, Sequence
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

INK: Final = HexColor("#14212b")
MUTED: Final = HexColor("#51606b")
LINE: Final = HexColor("#d5dce1")
ACCENT: Final = HexColor("#0b6b62")
MARGIN: Final = 20 * mm
WIDTH: Final = A4[0] - 2 * MARGIN

_FONTS: Final = Path(__file__).parent / "fonts"


class Sheet:
    """What stands on the paper. Text of people is escaped; long words break."""

    def __init__(self, title: str, *, footer: str) -> None:
        _register_fonts()
        self._title = title
        self._footer = footer
        self._parts: list[Flowable] = [Paragraph(_text(title), _style("title"))]

    def columns(self, *blocks: tuple[str, Sequence[str]]) -> None:
        """Blocks side by side, each a small heading and its lines; empty lines are left out."""
        cells = [
            [_heading(heading), *(_paragraph(line) for line in lines if line)] for heading, lines in blocks
        ]
        width = WIDTH / len(cells)
        self._add(Table([cells], colWidths=[width] * len(cells), style=_PLAIN, hAlign="LEFT"))

    def table(
        self,
        heads: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        widths: Sequence[float],
        strong: Iterable[int] = (),
    ) -> None:
        """A table whose first column is text and whose others are numbers; `widths` are shares of the paper's width.

        The rows numbered in `strong` (negative: from the end) are sums.
        """
        body = [list(row) for row in rows]
        bold = {index % len(body) for index in strong} if body else set()
        cells = [_cells(heads, "head")]
        cells += [_cells(row, "strong" if at in bold else "text") for at, row in enumerate(body)]
        total = sum(widths)
        table = Table(
            cells,
            colWidths=[WIDTH * width / total for width in widths],
            style=[*_RULED, *(("LINEABOVE", (0, at + 1), (-1, at + 1), 0.8, INK) for at in sorted(bold))],
            repeatRows=1,
            hAlign="LEFT",
        )
        self._add(table)

    def words(self, text: str) -> None:
        """A paragraph of small print."""
        self._add(KeepTogether(Paragraph(_text(text), _style("muted"))))

    def heading(self, text: str) -> None:
        self._add(Paragraph(_text(text), _style("section")))

    def render(self) -> bytes:
        """The PDF."""
        out = BytesIO()
        template = SimpleDocTemplate(
            out,
            pagesize=A4,
            leftMargin=MARGIN,
            rightMargin=MARGIN,
            topMargin=MARGIN,
            bottomMargin=MARGIN,
            title=self._title,
            author="evbooking",
            invariant=1,
        )
        frame = partial(_frame, footer=self._footer)
        template.build(self._parts, onFirstPage=frame, onLaterPages=frame)
        return out.getvalue()

    def _add(self, part: Flowable) -> None:
        self._parts += [part, Spacer(0, 6 * mm)]


def _frame(canvas: Canvas, document: Any, *, footer: str) -> None:
    canvas.saveState()
    canvas.setFillColor(ACCENT)
    canvas.rect(0, A4[1] - 3 * mm, A4[0], 3 * mm, stroke=0, fill=1)
    canvas.setFont("Inter", 7.5)
    canvas.setFillColor(MUTED)
    canvas.drawString(MARGIN + 6, 11 * mm, footer)
    canvas.drawRightString(A4[0] - MARGIN - 6, 11 * mm, f"Page {document.page}")
    canvas.restoreState()


def _cells(texts: Sequence[str], style: str) -> list[Paragraph]:
    return [
        Paragraph(_text(text), _style(style if at == 0 else f"{style}-right"))
        for at, text in enumerate(texts)
    ]


def _heading(text: str) -> Paragraph:
    return Paragraph(_text(text), _style("label"))


def _paragraph(text: str) -> Paragraph:
    return Paragraph(_text(text), _style("text"))


def _text(text: str) -> str:
    return escape(text).replace("\n", "<br/>")


@cache
def _register_fonts() -> None:
    pdfmetrics.registerFont(TTFont("Inter", _FONTS / "Inter-Regular.ttf"))
    pdfmetrics.registerFont(TTFont("Inter-Strong", _FONTS / "Inter-SemiBold.ttf"))
    pdfmetrics.registerFontFamily("Inter", normal="Inter", bold="Inter-Strong")


@cache
def _style(name: str) -> ParagraphStyle:
    kind, _, side = name.partition("-")
    strong = kind in {"title", "section", "strong"}
    size = {"title": 18, "section": 11, "label": 7.5, "muted": 8, "head": 8}.get(kind, 9)
    return ParagraphStyle(
        name,
        fontName="Inter-Strong" if strong else "Inter",
        fontSize=size,
        leading=size * 1.4,
        textColor=MUTED if kind in {"label", "muted", "head"} else INK,
        alignment=TA_RIGHT if side else 0,
        spaceAfter=8 * mm if kind == "title" else 0,
        splitLongWords=1,
    )


_PLAIN: Final[list[Any]] = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 8),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
]
_RULED: Final[list[Any]] = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 4),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
]
