"""Colours: WCAG 2.2, 1.4.3 (text 4.5:1) and 1.4.11 (controls 3:1), computed from css/tokens.css in both schemes."""

import re
from itertools import product

import pytest
from django.conf import settings

GROUNDS = ("surface", "raised", "sunken")
TONES = ("accent", "danger", "warning", "success")
STATUSES = ("available", "reserved", "charging", "inoperative", "outoforder", "unknown")


def _read_schemes() -> dict[str, dict[str, str]]:
    sheet = (settings.BASE_DIR / "static/css/tokens.css").read_text()
    light, dark = sheet.split("@media (prefers-color-scheme: dark)")
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part)) for part in (light, dark)]
    return {"light": found[0], "dark": found[1]}


SCHEMES = _read_schemes()


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two `#rrggbb` colours, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _text_pairs() -> list[tuple[str, str]]:
    on_grounds = product(("ink", "muted", "accent-strong", *TONES), GROUNDS)
    on_own = [(tone, f"{tone}-soft") for tone in TONES]
    ink_on_soft = [("ink", f"{tone}-soft") for tone in TONES]
    states = [(f"st-{name}", ground) for name in STATUSES for ground in (*GROUNDS, f"st-{name}-soft")]
    filled = [
        ("on-accent", "accent"),
        ("on-accent", "accent-strong"),
        ("on-danger", "danger"),
        ("muted", "map-land"),
    ]
    return [*on_grounds, *on_own, *ink_on_soft, *states, *filled]


def test_the_ratio_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_both_schemes_define_the_same_colours() -> None:
    assert SCHEMES["light"].keys() == SCHEMES["dark"].keys()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), _text_pairs())
def test_text_can_be_read_on_its_ground(scheme: str, text: str, ground: str) -> None:
    colours = SCHEMES[scheme]
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("line", "ground"), list(product(("focus", "line-strong"), GROUNDS)))
def test_controls_and_the_focus_stand_out(scheme: str, line: str, ground: str) -> None:
    colours = SCHEMES[scheme]
    assert contrast(colours[line], colours[ground]) >= 3


def test_colours_are_named_only_in_the_tokens() -> None:
    sheets = [path for path in (settings.BASE_DIR / "static/css").glob("*.css") if path.name != "tokens.css"]
    colour = re.compile(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(")
    assert {path.name: colour.findall(path.read_text()) for path in sheets} == {
        path.name: [] for path in sheets
    }
