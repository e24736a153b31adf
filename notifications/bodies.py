"""What people write to each other: plain text of several lines, cleaned on its way in and quoted on its way out."""

import re
import unicodedata
from typing import Final

from evbooking.core.errors import Invalid
from evbooking.core.plain_text import clean
from notifications.models import LONGEST_POST

LONGEST_QUOTE: Final = 1500
_BREAKS: Final = re.compile("\r\n?|\u2028|\u2029|\x85")
_OVERRIDES: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MANY_BREAKS: Final = re.compile(r"\n{3,}")


def clean_body(text: str) -> str:
    """The text as it is kept: breaks are \\n, at most one empty line in a row, no control characters and no marks
    that reorder what follows (Unicode UAX #9). Raises Invalid at `body`: `required`, `too_long_text`.
    """
    shown = _OVERRIDES.sub("", _BREAKS.sub("\n", text))
    shown = "".join(char for char in shown if char in "\n\t" or unicodedata.category(char) != "Cc")
    shown = _MANY_BREAKS.sub("\n\n", "\n".join(line.rstrip() for line in shown.split("\n"))).strip()
    if not any(unicodedata.category(char)[0] in "LNPS" for char in shown):
        raise Invalid.one("body", "required", "Write something.")
    if len(shown) > LONGEST_POST:
        raise Invalid.one("body", "too_long_text", f"Write at most {LONGEST_POST} characters.")
    return shown


def quoted(text: str) -> str:
    """The text as a mail quotes it: each line behind a mark, so that none can pass for the mail's own words."""
    shown = text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE].rstrip()}…"
    return "\n".join(f"> {clean(line, longest=LONGEST_QUOTE)}".rstrip() for line in shown.split("\n"))
