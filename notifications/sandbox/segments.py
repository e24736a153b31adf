"""How many segments Twilio would count: the sandbox's own reckoning, so that ours has something to be held against."""

_GSM = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡¿§àäöüñÄÖÜÑ") | {
    chr(code) for code in (*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1))
}
_TWICE = set("\f^{}\\[~]|€")


def count(text: str) -> int:
    """GSM 7-bit: 160 septets alone, 153 in each part; else UTF-16: 70 units alone, 67 in each part."""
    if set(text) <= _GSM | _TWICE:
        units, alone, part = [2 if char in _TWICE else 1 for char in text], 160, 153
    else:
        units, alone, part = [2 if ord(char) > 0xFFFF else 1 for char in text], 70, 67
    if sum(units) <= alone:
        return 1
    room, parts = 0, 0
    for unit in units:
        if unit > room:
            parts, room = parts + 1, part
        room -= unit
    return parts
