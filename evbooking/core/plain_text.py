"""Text that people or programs chose, made fit for any line of a mail, a text message or a calendar."""

import re
import unicodedata
from typing import Final

LONGEST: Final = 120
_BIDI: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"


def clean(text: str, *, longest: int = LONGEST) -> str:
    """One line: no line breaks or other control characters, no marks that reorder what follows, at most `longest`.

    Where it runs from right to left it is isolated, so that the words around it stay where they are (Unicode UAX #9).
    """
    shown = "".join(" " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char for char in text)
    shown = " ".join(_BIDI.sub("", shown).split())
    if len(shown) > longest:
        shown = shown[: longest - 1].rstrip() + "…"
    rightwards = any(unicodedata.bidirectional(char) in {"R", "AL"} for char in shown)
    return f"{_ISOLATE}{shown}{_END_ISOLATE}" if rightwards else shown
