"""How many segments a text message takes: GSM 7-bit (3GPP TS 23.038) or UCS-2, alone or concatenated. Pure."""

from typing import Final

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("\f^{}\\[~]|€")
GSM_ALONE, GSM_PART = 160, 153
UCS_ALONE, UCS_PART = 70, 67
_PLAIN: Final = str.maketrans(
    {
        "–": "-",
        "—": "-",
        "…": "...",
        "“": '"',
        "”": '"',
        "„": '"',
        "’": "'",
        "‘": "'",
        "\u00a0": " ",
        "›": ">",
    }
)


def plain(text: str) -> str:
    """The text with typographic marks written in the 7-bit alphabet, which would else double its price."""
    return text.translate(_PLAIN)


def is_gsm(text: str) -> bool:
    """Whether the 7-bit alphabet has every character."""
    return all(char in _BASIC or char in _EXTENDED for char in text)


def count(text: str) -> int:
    """The number of segments; an empty text takes one."""
    if is_gsm(text):
        return _parts([2 if char in _EXTENDED else 1 for char in text], GSM_ALONE, GSM_PART)
    return _parts([len(char.encode("utf-16-be")) // 2 for char in text], UCS_ALONE, UCS_PART)


def _parts(widths: list[int], alone: int, part: int) -> int:
    """Characters are not split over two segments, so each is filled as far as the next one fits."""
    if sum(widths) <= alone:
        return 1
    parts, used = 1, 0
    for width in widths:
        if used + width > part:
            parts, used = parts + 1, 0
        used += width
    return parts


def shorten(text: str, tail: str, *, most: int) -> str:
    """`text` and then `tail` in at most `most` segments; the text gives way, with dots where it was cut."""
    if count(text + tail) <= most:
        return text + tail
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count(text[:middle] + "..." + tail) <= most else (low, middle - 1)
    return text[:low].rstrip() + "..." + tail
