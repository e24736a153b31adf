"""Words of messages: a kind's templates in the recipient's language, filled with facts that cannot do harm.

The catalogues are words/<language>.toml. Everything is plain text here; the mail's HTML escapes it like any text.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.template import Context, Engine, Template

from notifications.facts import values_of

LANGUAGES: Final = ("en", "de")
_ENGINE: Final = Engine(autoescape=False)
_FOLDER: Final = Path(__file__).parent / "words"
LONGEST_TITLE: Final = 150


@dataclass(frozen=True, slots=True)
class Wording:
    """`title` is one line; `short` stands alone; `paragraphs` are the mail's; `facts` its table of (label, value)."""

    title: str
    short: str
    paragraphs: list[str]
    action: str
    facts: list[tuple[str, str]]


def known_language(language: str) -> str:
    """The language, or English where we have no words of it."""
    return language if language in LANGUAGES else LANGUAGES[0]


def word(kind: str, language: str, data: Mapping[str, Any], *, name: str, zone: str) -> Wording:
    """What this kind says in this language to somebody called `name`, whose own time zone is `zone`."""
    language = known_language(language)
    values = values_of(data, language, catalogue(language), own_zone=zone) | {"name": name}
    title, short, body, action = (
        fill(language, kind, part, values) for part in ("title", "short", "body", "action")
    )
    labels = catalogue(language)["facts"]
    facts = [(label, values[name]) for name, label in labels.items() if values.get(name)]
    return Wording(_one_line(title), _one_line(short), body.split("\n\n"), action, facts)


def fill(language: str, section: str, part: str, values: Mapping[str, Any]) -> str:
    """One text of the catalogue with these values in it."""
    plain = Context(dict(values), autoescape=False)
    return str(_template(known_language(language), section, part).render(plain)).strip()


@cache
def catalogue(language: str) -> dict[str, dict[str, str]]:
    """All words of a language: {section: {part: text}}."""
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text())


@cache
def _template(language: str, section: str, part: str) -> Template:
    return _ENGINE.from_string(catalogue(language)[section][part])


def _one_line(text: str) -> str:
    return " ".join(text.split())
